/** Compares params files with their copies: `npm run params-copies -- --count 25000 --seed 1`. */
import { parseArgs } from 'node:util';
import { runParamsCopies } from '../test/rig/params-copies/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '25000' },
    seed: { type: 'string', default: '1' },
  },
});
const startedAt = Date.now();
const results = await runParamsCopies({
  seed: Number(values.seed),
  count: Number(values.count),
  onCase: (cases) => {
    if (process.stderr.isTTY && cases % 100 === 0) process.stderr.write(`\r${cases} cases`);
  },
});
if (process.stderr.isTTY) process.stderr.write('\n');
let [cases, faults] = [0, 0];
for (const [kind, result] of results) {
  cases += result.cases;
  faults += result.faults.length;
  for (const fault of result.faults.slice(0, 20)) console.log(fault);
  console.log(
    `${kind}: ${result.cases} files, ${result.read} of them read by DVC; of these`,
    `${share(result.whole, result.read)} given whole,`,
    `${share(result.withMore, result.read)} cut with more than is declared; ${result.faults.length} faults`,
  );
  const reasons = [...result.reasons].sort(([, left], [, right]) => right - left);
  for (const [reason, times] of reasons.slice(0, 8)) console.log(`  ${times} × ${reason}`);
}
console.log(
  `${cases} cases, ${faults} differences, ${Math.round((Date.now() - startedAt) / 1000)} s`,
);
process.exitCode = faults > 0 ? 1 : 0;

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
