import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MlflowClient } from '../../src/mlflow/client.ts';
import { whileClaimed } from '../../src/promotion/claim.ts';

/** A registry with one model, whose tags all clients share. */
let tags: Map<string, string>;
beforeEach(() => {
  tags = new Map();
});
const client: MlflowClient = {
  server: { uri: 'http://127.0.0.1' },
  async get() {
    const list = [...tags].map(([key, value]) => ({ key, value }));
    return { registered_model: { name: 'shop', tags: list } };
  },
  async send(method, _path, body) {
    const { key, value } = body as { key: string; value: string };
    if (method === 'DELETE') tags.delete(key);
    else tags.set(key, value);
    return {};
  },
  uninterrupted: () => client,
};
/** As a client whose user has pressed Ctrl-C: nothing goes through, but by the last one. */
const interrupted: MlflowClient = {
  ...client,
  send: (method, path, body) =>
    method === 'DELETE' ? Promise.reject(new Error('aborted')) : client.send(method, path, body),
};
const quick = { heartbeat: 20, lifetime: 100, patience: 400 };
const claim = (work: (refuseIfLost: () => Promise<void>) => Promise<unknown>, options = {}) =>
  whileClaimed(client, 'shop', 'live', work, { ...quick, ...options });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a claim', () => {
  test('is there during the work, and gone after it, also when it fails', async () => {
    await claim(async () =>
      expect([...tags.keys()]).toEqual([expect.stringMatching(/^sibling\.promoting\.live\./)]),
    );
    expect(tags.size).toBe(0);
    await expect(claim(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(tags.size).toBe(0);
  });

  test('keeps others away for as long as it lives, longer than a lifetime', async () => {
    const order: string[] = [];
    const first = claim(async () => {
      await pause(300);
      order.push('first');
    });
    await pause(10);
    await claim(async () => order.push('second'), { patience: 5_000 });
    await first;
    expect(order).toEqual(['first', 'second']);
  });

  test('of somebody who was killed is removed after a lifetime, whatever clocks say', async () => {
    tags.set('sibling.promoting.live.dead', '2999-01-01');
    const begun = performance.now();
    await claim(async () => undefined, { patience: 5_000 });
    expect(performance.now() - begun).toBeGreaterThan(100);
    expect(tags.size).toBe(0);
  });

  test('of another alias is nobody’s business', async () => {
    tags.set('sibling.promoting.test.x', '1');
    expect(await claim(async () => 'done')).toBe('done');
  });

  test('that stays alive for too long is told', async () => {
    const live = () => tags.set('sibling.promoting.live.x', String(Math.random()));
    live();
    const alive = setInterval(live, 10);
    try {
      await expect(claim(async () => 'done')).rejects.toThrow('another promotion of shop to live');
    } finally {
      clearInterval(alive);
    }
  });

  test('that was taken for dead stops the work before it changes anything', async () => {
    await expect(
      claim(async (refuseIfLost) => {
        await pause(30);
        client.send = async () => ({}); // no sign of life arrives any more
        tags.clear();
        await refuseIfLost();
      }).finally(() => {
        client.send = send;
      }),
    ).rejects.toThrow('another promotion');
  });

  test('is taken back also after Ctrl-C', async () => {
    await whileClaimed(interrupted, 'shop', 'live', async () => undefined, quick);
    expect(tags.size).toBe(0);
  });
});

const { send } = client;
