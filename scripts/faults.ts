/**
 * Injects faults into runs: `npm run faults -- --seeds 20 --only 'SIGKILL of DVC,disk'`, or
 * interrupts them at random moments: `npm run faults -- --interrupts 50`.
 */
import { parseArgs } from 'node:util';
import { faults } from '../test/rig/faults/faults.ts';
import { interruptionSummary, interruptRuns } from '../test/rig/faults/interrupts.ts';
import { faultSummary, faultTable } from '../test/rig/faults/table.ts';
import { FaultRig, type Try } from '../test/rig/faults/try.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '6' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    interrupts: { type: 'string', default: '0' },
    verbose: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const wanted = values.only.split(',').map((name) => name.trim());
const chosen = faults.filter(({ name }) => wanted.some((part) => name.includes(part)));
if (values.list || chosen.length === 0) {
  console.log(faults.map(({ name }) => name).join('\n'));
  process.exit(values.list ? 0 : 2);
}

if (values.interrupts !== '0') {
  const all = await interruptRuns(Number(values.interrupts), Number(values.from), (one) => {
    const { at, code, goneAfter, endedAfter } = one;
    const [gone, ended] = [goneAfter, endedAfter].map((time) => `${Math.round(time)} ms`);
    console.error(`SIGINT at ${at} ms: exit ${code}, gone after ${gone}, ended after ${ended}`);
  });
  console.log(interruptionSummary(all));
  const isGood = all.every(
    ({ code, goneAfter, left }) =>
      (code === 130 || code === null) && goneAfter <= 5_000 && left.length === 0,
  );
  process.exit(isGood ? 0 : 1);
}

const rig = new FaultRig();
const tries: Try[] = [];
let stopped = false;
process.once('SIGINT', () => {
  stopped = true;
});
try {
  const first = Number(values.from);
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    for (const fault of chosen) {
      if (stopped) break;
      const one = await rig.tryFault(fault, seed);
      tries.push(one);
      const ended = one.struck ? `exit ${one.code ?? 'by SIGKILL'}` : 'was over before';
      console.error(
        `${fault.name}, ${one.moment}, seed ${seed}: ${ended}, ${one.seconds.toFixed(1)} s`,
      );
      for (const violation of one.violations) console.error(`  VIOLATION ${violation}`);
      if (one.violations.length > 0 || values.verbose)
        console.error(one.output.replace(/^/gm, '    '));
    }
  }
} finally {
  await rig.end();
}
console.log(faultTable(tries));
console.log(`\n${faultSummary(tries)}`);
process.exit(tries.some(({ violations }) => violations.length > 0) ? 1 : 0);
