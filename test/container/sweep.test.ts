import { afterEach, expect, test } from '@jest/globals';
import type { Engine } from '../../src/container/engine.ts';
import { leftoversOf, sweep } from '../../src/container/sweep.ts';
import { type StubEngine, startStubEngine } from '../rig/stub-engine.ts';

let stub: StubEngine;
afterEach(() => stub.stop());

/** An engine with a container of each run of one project, and of a service. */
async function engineWith(runs: readonly string[], at: string): Promise<Engine> {
  let there = [
    ...runs.map((run) => ({ Id: run, role: 'stage' })),
    { Id: 'server', role: 'service' },
  ];
  stub = await startStubEngine((request) => {
    const [method, path = ''] = request.split(' ');
    if (path === '/containers/json') {
      const shown = there.map(({ Id, role }) => ({
        Id,
        Names: [`/of-${Id}`],
        Labels: { 'sibling.run': Id, 'sibling.project': 'p', 'sibling.role': role },
      }));
      return [200, shown];
    }
    if (method === 'DELETE') there = there.filter(({ Id }) => path !== `/containers/${Id}`);
    return [204];
  });
  return { ...stub.engine, address: at };
}

test.each([
  ['on this machine, all that no other run here owns', 'unix:///s', ['of-dead', 'of-forgotten']],
  ['on another, only those of runs that died here', 'tcp://other:2376', ['of-dead']],
])('left over on an engine %s', async (_, address, removed) => {
  const engine = await engineWith(['dead', 'forgotten', 'pushing'], address);
  const scope = leftoversOf(engine, 'p', { abandoned: ['dead'], others: ['pushing'] });
  expect(await sweep(engine, scope)).toEqual(removed);
  const gone = stub.asked.filter((request) => request.startsWith('DELETE'));
  expect(gone).toEqual(removed.map((name) => `DELETE /containers/${name.slice(3)}`));
});

test('on another machine nothing is left over while no run of here is known to be dead', async () => {
  const engine = await engineWith(['theirs'], 'tcp://other:2376');
  const scope = leftoversOf(engine, 'p', { abandoned: [], others: [] });
  expect(await sweep(engine, scope)).toEqual([]);
});
