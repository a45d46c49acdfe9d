/** Compares overridden params with DVC's: `npm run overrides -- --count 2500 --seed 1`. */
import { parseArgs } from 'node:util';
import { runOverrides } from '../test/rig/overrides/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2500' },
    seed: { type: 'string', default: '1' },
  },
});
const { cases, written, changed, refused, notTaken, faults } = await runOverrides({
  seed: Number(values.seed),
  count: Number(values.count),
});
for (const fault of faults.slice(0, 20)) console.log(fault);
console.log(
  `${cases} files: ${written} overridden, ${changed} of them changed; ${refused} refused as by DVC,`,
  `${notTaken} that DVC leaves as they are; ${faults.length} faults`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
