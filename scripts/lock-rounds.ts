/** Lets processes race for a workspace: `npm run lock-rounds -- --count 10000 --seed 1`. */
import { parseArgs } from 'node:util';
import { playRounds } from '../test/rig/locks/rounds.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const began = performance.now();
const { rounds, had, busy, killed, paused, faults } = await playRounds({
  count: Number(values.count),
  seed: Number(values.seed),
});
for (const fault of faults) console.log(fault);
console.log(
  `${rounds} rounds: ${had} had it, ${busy} found it taken, ${killed} killed, ${paused} paused;`,
  `${faults.length} faults, ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
