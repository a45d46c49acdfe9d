/** Compares what reports show of files with DVC: `npm run shown-files -- --count 1000 --seed 1`. */
import { parseArgs } from 'node:util';
import { runShownFiles } from '../test/rig/shown-files/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const { plots, drawn, metrics, valued, faults } = await runShownFiles({
  seed: Number(values.seed),
  count: Number(values.count),
});
for (const fault of faults.slice(0, 20)) console.log(fault);
console.log(
  `${plots} plots, of which DVC draws ${drawn}; ${metrics} metrics files, of which it shows ${valued};`,
  `${faults.length} differences`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
