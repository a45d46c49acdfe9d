/** Injects faults into runs: `npm run faults -- --seeds 20 --only 'SIGKILL of the launcher'`. */
import { parseArgs } from 'node:util';
import { faults } from '../test/rig/faults/faults.ts';
import { faultSummary, faultTable } from '../test/rig/faults/table.ts';
import { FaultRig, type Try } from '../test/rig/faults/try.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '6' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});
const wanted = values.only.split(',').map((name) => name.trim());
const chosen = faults.filter(({ name }) => wanted.some((part) => name.includes(part)));
if (values.list || chosen.length === 0) {
  console.log(faults.map(({ name }) => name).join('\n'));
  process.exit(values.list ? 0 : 2);
}

const rig = new FaultRig();
const tries: Try[] = [];
let stopped = false;
process.once('SIGINT', () => {
  stopped = true;
});
try {
  const first = Number(values.from);
  for (const fault of chosen) {
    for (let seed = first; seed < first + Number(values.seeds) && !stopped; seed++) {
      const one = await rig.tryFault(fault, seed);
      tries.push(one);
      const ended = one.struck ? `exit ${one.code ?? 'by SIGKILL'}` : 'was over before';
      const time = `${one.seconds.toFixed(1)} s`;
      console.error(`${fault.name}, ${one.moment}, seed ${seed}: ${ended}, ${time}`);
      if (one.violations.length === 0) continue;
      for (const violation of one.violations) console.error(`  VIOLATION ${violation}`);
      console.error(one.output.replace(/^/gm, '    '));
    }
  }
} finally {
  await rig.end();
}
console.log(faultTable(tries));
console.log(`\n${faultSummary(tries)}`);
process.exit(tries.some(({ violations }) => violations.length > 0) ? 1 : 0);
