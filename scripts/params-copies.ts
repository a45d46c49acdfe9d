/** Compares params files with their copies: `npm run params-copies -- --count 25000 --seed 1`. */
import { parseArgs } from 'node:util';
import { type CopiesResult, formats, runParamsCopies } from '../test/rig/params-copies/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '25000' },
    seed: { type: 'string', default: '1' },
  },
});
const startedAt = Date.now();
let [cases, faults] = [0, 0];
for (const only of Object.keys(formats)) {
  const results = await runParamsCopies({
    seed: Number(values.seed),
    count: Number(values.count),
    only,
    onCase: (made) => {
      if (process.stderr.isTTY && made % 100 === 0) process.stderr.write(`\r${only}: ${made}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  for (const result of results.values()) report(only, result);
}
console.log(
  `${cases} cases, ${faults} differences, ${Math.round((Date.now() - startedAt) / 1000)} s`,
);
process.exitCode = faults > 0 ? 1 : 0;

function report(format: string, result: CopiesResult): void {
  cases += result.cases;
  faults += result.faults.length;
  for (const fault of result.faults.slice(0, 20)) console.log(fault);
  console.log(
    `${format}: ${result.cases} files, ${result.read} of them read by DVC; of these`,
    `${share(result.whole, result.read)} given whole,`,
    `${share(result.withMore, result.read)} cut with more than is declared; ${result.faults.length} faults`,
  );
  const reasons = [...result.reasons].sort(([, left], [, right]) => right - left);
  for (const [reason, times] of reasons.slice(0, 8)) console.log(`  ${times} × ${reason}`);
}

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
