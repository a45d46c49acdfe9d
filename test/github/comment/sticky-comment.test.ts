import { describe, expect, test } from '@jest/globals';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Clock } from '../../../src/github/api/clock.ts';
import type { GitHubRequest } from '../../../src/github/api/request.ts';
import { markerLine } from '../../../src/github/comment/marker.ts';
import { putStickyComment } from '../../../src/github/comment/sticky-comment.ts';
import { VirtualTime } from '../virtual-time.ts';
import { FakeComments, type Fault, type Token } from './fake-comments.ts';

const bot = 'github-actions[bot]';
const pullRequest = { owner: 'ada', repo: 'iris', number: 1 };

function reportOf(run: number, words = `results of run ${run}`, pipeline = 'dvc.yaml') {
  const marker = { pipeline, run, attempt: 1 };
  return { marker, author: bot, body: `${markerLine(marker)}\n### ${words}\n` };
}

async function put(
  fake: FakeComments,
  run: number,
  faultOf?: (index: number) => Fault | undefined,
) {
  const time = new VirtualTime();
  const request = fake.client(bot, faultOf && { faultOf });
  const [outcome] = await time.run([putStickyComment(request, pullRequest, reportOf(run), time)]);
  return { outcome, time: time.now() };
}

const bodies = (fake: FakeComments) => fake.comments.map(({ body }) => body);

describe('the comment on a pull request', () => {
  test('is created once, then updated, in three requests each', async () => {
    const fake = new FakeComments();
    expect((await put(fake, 1)).outcome).toEqual({ kind: 'created', id: 1 });
    expect(fake.sent).toHaveLength(3);
    expect((await put(fake, 2)).outcome).toEqual({ kind: 'updated', id: 1 });
    expect(fake.sent).toHaveLength(6);
    expect(bodies(fake)).toEqual([reportOf(2).body]);
  });

  test('is not taken for gone where it may be read and not written', async () => {
    const fake = new FakeComments();
    fake.add(bot, reportOf(1).body);
    const time = new VirtualTime();
    const faultOf = (_: number, route: string) =>
      route.startsWith('PATCH ') ? { status: 404, message: 'Not Found' } : undefined;
    const [outcome] = await time.run([
      putStickyComment(fake.client(bot, { faultOf }), pullRequest, reportOf(2), time),
    ]);
    expect(outcome).toMatchObject({
      kind: 'refused',
      cause: expect.stringContaining('404 Not Found'),
      hint: expect.stringContaining('pull-requests: write'),
    });
    expect(fake.sent).toHaveLength(3);
  });

  test('is not written when a reader would see no change', async () => {
    const fake = new FakeComments();
    fake.add(bot, `${reportOf(1, 'same').body.replaceAll('\n', '\r\n')}\r\n`);
    const time = new VirtualTime();
    const [outcome] = await time.run([
      putStickyComment(fake.client(bot), pullRequest, reportOf(2, 'same'), time),
    ]);
    expect(outcome).toEqual({ kind: 'unchanged', id: 1 });
    expect(fake.sent).toHaveLength(1);
  });

  test('is left alone when a newer run wrote it', async () => {
    const fake = new FakeComments();
    fake.add(bot, reportOf(7).body);
    expect((await put(fake, 6)).outcome).toMatchObject({ kind: 'newer', by: { run: 7 } });
    expect(bodies(fake)).toEqual([reportOf(7).body]);
    expect(fake.sent).toHaveLength(1);
  });

  test('is found behind 250 others', async () => {
    const fake = new FakeComments();
    for (let n = 0; n < 250; n++) fake.add('ada', `comment ${n}`);
    fake.add(bot, reportOf(1).body);
    expect((await put(fake, 2)).outcome).toEqual({ kind: 'updated', id: 251 });
    expect(fake.comments).toHaveLength(251);
    expect(fake.sent).toHaveLength(5);
  });

  test("is never somebody else's, nor another pipeline's, nor one that quotes the marker", async () => {
    const fake = new FakeComments();
    const others = [
      ['mallory', reportOf(99).body],
      [bot, reportOf(99, 'other', 'other/dvc.yaml').body],
      [bot, `> ${reportOf(99).body}`],
    ] as const;
    for (const [author, body] of others) fake.add(author, body);
    expect((await put(fake, 1)).outcome).toEqual({ kind: 'created', id: 4 });
    expect(bodies(fake)).toEqual([...others.map(([, body]) => body), reportOf(1).body]);
  });

  test('remains one: of duplicates the oldest stays and says the newest', async () => {
    const fake = new FakeComments();
    for (const run of [3, 5, 4]) fake.add(bot, reportOf(run).body);
    fake.add('mallory', reportOf(9).body);
    expect((await put(fake, 1)).outcome).toMatchObject({ kind: 'newer', id: 1, by: { run: 5 } });
    expect(bodies(fake)).toEqual([reportOf(5).body, reportOf(9).body]);
  });
});

describe('whoever the token is of', () => {
  const tokens: readonly [Token, string][] = [
    ['workflow', bot],
    ['person', 'ada'],
    ['app', 'metrics-app[bot]'],
    ['no-graphql', 'ada'],
    ['nobody', 'somebody'],
  ];
  async function putAs(fake: FakeComments, [token, author]: readonly [Token, string], run: number) {
    const time = new VirtualTime();
    const request = fake.client(author, { token });
    const [outcome] = await time.run([putStickyComment(request, pullRequest, reportOf(run), time)]);
    return outcome;
  }

  test.each(tokens)('one comment remains, with a token of a %s', async (...token) => {
    const fake = new FakeComments();
    fake.add('mallory', reportOf(99).body);
    for (const run of [1, 2, 3]) expect((await putAs(fake, token, run))?.kind).toMatch(/ed$/);
    expect(bodies(fake)).toEqual([reportOf(99).body, reportOf(3).body]);
    expect(fake.sent.filter(({ route }) => route.startsWith('POST /repos'))).toHaveLength(
      token[0] === 'nobody' ? 3 : 1,
    );
  });

  test.each(tokens)('a run makes one at the most that nobody tells the %s of', async (...token) => {
    const fake = new FakeComments();
    fake.add('mallory', reportOf(99).body);
    const request = fake.client(token[1], { token: token[0] });
    const deaf: GitHubRequest = async (route, parameters) => {
      const answer = await request(route, parameters);
      const anonymous = (data: unknown) => ({ ...Object(data), user: null });
      if (route.startsWith('POST /repos')) return { ...answer, data: {} };
      const { data } = answer;
      return { ...answer, data: Array.isArray(data) ? data.map(anonymous) : data };
    };
    const time = new VirtualTime();
    await time.run([putStickyComment(deaf, pullRequest, reportOf(1), time)]);
    expect(bodies(fake)).toEqual([reportOf(99).body, reportOf(1).body]);
  });

  test('a comment that was made and cannot be seen is not made again', async () => {
    const fake = new FakeComments();
    const request = fake.client('ada', { token: 'person' });
    const blind: GitHubRequest = async (route, parameters) => {
      const answer = await request(route, parameters);
      return Array.isArray(answer.data) ? { ...answer, data: [] } : answer;
    };
    const time = new VirtualTime();
    const [outcome] = await time.run([putStickyComment(blind, pullRequest, reportOf(1), time)]);
    expect(outcome?.kind).toBe('unavailable');
    expect(fake.comments).toHaveLength(1);
    expect(time.now()).toBeLessThan(60_000);
  });

  test.each([100, 250])(
    'a server that gives all %d comments as each page is asked twice',
    async (count) => {
      const fake = new FakeComments();
      fake.pages = false;
      for (let n = 1; n < count; n++) fake.add('grace', `comment ${n}`);
      fake.add(bot, reportOf(1).body);
      expect((await put(fake, 2)).outcome).toEqual({ kind: 'updated', id: count });
      expect(fake.sent).toHaveLength(4);
    },
  );

  test('a list without an end is given up', async () => {
    let id = 0;
    const endless: GitHubRequest = async () => ({
      ...{ status: 200, headers: {} },
      data: Array.from({ length: 100 }, () => ({ id: ++id, body: '', user: null })),
    });
    const time = new VirtualTime();
    const [outcome] = await time.run([putStickyComment(endless, pullRequest, reportOf(1), time)]);
    expect(outcome).toMatchObject({ kind: 'unavailable', cause: expect.stringMatching(/no end/) });
  });
});

describe('two or three runs at once', () => {
  /** Whether one comment with the newest run's words remains. */
  async function race(
    seed: number,
    clockOf = (time: VirtualTime): Clock => time,
    token: Token = 'workflow',
  ): Promise<boolean> {
    const random = xoroshiro128plus(seed);
    const between = (from: number, to: number) => uniformInt(random, from, to);
    const fake = new FakeComments();
    const time = new VirtualTime();
    const author = { workflow: bot, person: 'ada' }[token as string] ?? 'metrics-app[bot]';
    if (between(0, 1) === 1) fake.add(author, reportOf(1).body);
    const runs = [2, 3, 4].slice(0, between(2, 3));
    const travel = () => time.sleep(between(10, 450));
    await time.run(
      runs.map(async (run) => {
        await time.sleep(between(0, 2_500));
        const request = fake.client(author, { travel, token });
        return putStickyComment(request, pullRequest, reportOf(run), clockOf(time));
      }),
    );
    const [only, ...more] = bodies(fake);
    return more.length === 0 && only === reportOf(Math.max(...runs)).body;
  }

  const seeds = [...Array(300).keys()];

  test.each(seeds.slice(0, 20))('leave one comment with the newest data, seed %d', async (seed) => {
    expect(await race(seed)).toBe(true);
  });

  test.each<Token>(['workflow', 'person', 'app'])(
    'leave it in 300 more interleavings, with a token of a %s',
    async (token) => {
      for (const seed of seeds) {
        expect([seed, await race(seed + 1_000, undefined, token)]).toEqual([seed, true]);
      }
    },
  );

  test('would not, without the second look', async () => {
    const hasty = (time: VirtualTime): Clock => ({
      now: () => time.now(),
      sleep: async () => undefined,
    });
    const results = await Promise.all(seeds.map((seed) => race(seed + 1_000, hasty)));
    expect(results).toContain(false);
  });
});

describe('faults at each request', () => {
  const secondary = 'You have exceeded a secondary rate limit.';
  const faults: readonly [string, Fault, lasting: string][] = [
    ['401', { status: 401, message: 'Bad credentials' }, 'refused'],
    ['403', { status: 403, message: 'Resource not accessible by integration' }, 'refused'],
    ['403 secondary limit', { status: 403, message: secondary }, 'unavailable'],
    ['403 with retry-after', { status: 403, headers: { 'retry-after': '3' } }, 'unavailable'],
    ['422', { status: 422, message: 'Validation Failed' }, 'refused'],
    ['429', { status: 429 }, 'unavailable'],
    ['429 with retry-after', { status: 429, headers: { 'retry-after': '5' } }, 'unavailable'],
    [
      '429 with a reset',
      { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '20' } },
      'unavailable',
    ],
    ['500', { status: 500 }, 'unavailable'],
    ['502 after it was done', { status: 502, done: true }, 'unavailable'],
    ['a reset', {}, 'unavailable'],
    ['a time-out after it was done', { done: true }, 'unavailable'],
  ];
  const situations = [
    ['a first comment', []],
    ['an update', [reportOf(1).body]],
    ['duplicates', [reportOf(1).body, reportOf(2).body]],
  ] as const;
  const transient = (name: string) => !['401', '403', '422'].includes(name);

  for (const [name, fault, lasting] of faults) {
    for (const [situation, before] of situations) {
      test.each([0, 1, 2, 3, 4])(`${name} once, ${situation}, request %d`, async (at) => {
        const fake = new FakeComments();
        for (const body of before) fake.add(bot, body);
        const { outcome } = await put(fake, 3, (index) => (index === at ? fault : undefined));
        expect(fake.comments.length).toBeLessThanOrEqual(Math.max(1, before.length));
        if (transient(name) || at >= fake.sent.length) {
          expect(outcome?.kind).toMatch(/^(created|updated)$/);
          expect(bodies(fake)).toEqual([reportOf(3).body]);
        } else {
          expect(outcome?.kind).toBe('refused');
        }
      });
    }

    test(`${name} for ever`, async () => {
      const fake = new FakeComments();
      const { outcome, time } = await put(fake, 3, () => fault);
      expect(outcome?.kind).toBe(lasting);
      expect(fake.comments.length).toBeLessThanOrEqual(1);
      expect(time).toBeLessThan(4 * 60_000);
    });

    test(`${name} for every write`, async () => {
      const fake = new FakeComments();
      const time = new VirtualTime();
      const faultOf = (_: number, route: string) => (route.startsWith('GET') ? undefined : fault);
      const request = fake.client(bot, { faultOf });
      const [outcome] = await time.run([putStickyComment(request, pullRequest, reportOf(3), time)]);
      // What was done although the answer was lost is found by the next look.
      expect(outcome?.kind).toBe(fault.done ? 'created' : lasting);
      expect(fake.comments).toHaveLength(fault.done ? 1 : 0);
    });
  }

  test('a list that was cut is not an empty list', async () => {
    const fake = new FakeComments();
    fake.add(bot, reportOf(1).body);
    const cut = { cut: true, done: true };
    expect((await put(fake, 2, (at) => (at === 0 ? cut : undefined))).outcome?.kind).toBe(
      'updated',
    );
    expect(fake.comments).toHaveLength(1);
  });

  test('a comment that somebody deletes between look and write is written anew', async () => {
    const fake = new FakeComments();
    fake.add(bot, reportOf(1).body);
    const { outcome } = await put(fake, 2, (at) => {
      if (at === 1) fake.comments.length = 0;
      return undefined;
    });
    expect(outcome).toEqual({ kind: 'created', id: 2 });
    expect(bodies(fake)).toEqual([reportOf(2).body]);
  });

  test.each([
    [{ status: 403, message: 'Resource not accessible by integration' }, 'pull-requests: write'],
    [{ status: 403, message: 'Unable to create comment because issue is locked.' }, 'unlock'],
    [{ status: 404, message: 'Not Found' }, 'exists'],
    [{ status: 401, message: 'Bad credentials' }, 'token'],
  ])('%j says what to do', async (fault, hint) => {
    const { outcome, time } = await put(new FakeComments(), 1, () => fault);
    expect(outcome).toMatchObject({ kind: 'refused', hint: expect.stringContaining(hint) });
    expect(time).toBe(0);
  });

  test('a bug is not taken for a fault', async () => {
    const request = () => Promise.reject(new TypeError('oops'));
    await expect(
      putStickyComment(request, pullRequest, reportOf(1), new VirtualTime()),
    ).rejects.toThrow('oops');
  });
});
