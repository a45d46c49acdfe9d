import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { blows, fits, StrikeRig } from '../rig/faults/strikes.ts';

// A part of what `npm run strikes` tries (docs/RELIABILITY.md): each kind of request, by turns.
let rig: StrikeRig;
beforeAll(async () => {
  rig = new StrikeRig();
  await rig.begin();
});
afterAll(() => rig.end());

test.each(['stage', 'stage with copied files', 'build', 'clean'])(
  'sibling %s says what the engine refused, whichever request it was, and leaves nothing',
  async (command) => {
    const requests = [...(await rig.requestsOf(command))];
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.map(([template]) => template).filter((each) => /unknown/.test(each))).toEqual(
      [],
    );
    const faults: string[] = [];
    for (const [at, [template, count]] of requests.entries()) {
      const fitting = Object.entries(blows).filter(([, blow]) => fits(blow, template));
      for (const turn of command === 'stage' ? [at, at + 3] : [at + 1]) {
        const [name, blow] = fitting[turn % fitting.length] ?? ['', 'head only'];
        const { violations, output } = await rig.strike(command, {
          template,
          nth: count - 1,
          blow,
        });
        if (violations.length > 0) faults.push(`${template}, ${name}: ${violations}\n${output}`);
      }
    }
    expect(faults).toEqual([]);
  },
);

test('a run whose engine refuses to create the runner’s container ends with the engine’s words', async () => {
  const template = 'POST /containers/create';
  const blow = { status: 500, message: 'struck in the middle' };
  const { code, output, violations } = await rig.strike('run', { template, nth: 1, blow });
  expect(violations).toEqual([]);
  expect(code).not.toBe(0);
  expect(output).toMatch(/refused to create .*: struck in the middle/);
});
