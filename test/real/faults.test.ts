import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { faults } from '../rig/faults/faults.ts';
import { FaultRig } from '../rig/faults/try.ts';

// A few of what `npm run faults` tries (docs/RELIABILITY.md); a seed says at which moment, and how.
const mostTries = 5;
let rig: FaultRig;
beforeAll(() => {
  rig = new FaultRig();
});
afterAll(() => rig.end());

test.each([
  ['SIGKILL of the launcher', 2],
  ['SIGKILL of the runner', 3],
  ['SIGKILL of DVC', 5],
  ['SIGKILL of sibling stage', 3],
  ['SIGINT while the stage is paused', 1],
  ['the engine cannot be reached for a while', 2],
  ['the disk is full', 0],
  ['the scratch folder is deleted', 1],
  ['a crash leaves a half-written dvc.lock', 4],
  ['a crash leaves a stale rwlock', 1],
  ['a second run at once', 1],
])(
  '%s (seed %i): no false success, nothing left, and the next run is right',
  async (name, seed) => {
    const fault = faults.find((each) => each.name === name);
    if (!fault) throw new Error(`there is no fault ${name}`);
    let isStruck = false;
    // On a busy machine what is to be struck may have ended before; that try has shown nothing.
    for (let tries = 0; tries < mostTries && !isStruck; tries++) {
      const { struck, violations, output } = await rig.tryFault(fault, seed);
      expect(violations.length > 0 ? [...violations, output] : []).toEqual([]);
      isStruck = struck;
    }
    expect(isStruck).toBe(true);
  },
);
