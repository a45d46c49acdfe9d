/** Reads garbled dvc.yaml and dvc.lock files: `npm run fuzz:reader -- --count 100000 --seed 1`. */
import { parseArgs } from 'node:util';
import { bombs } from '../test/rig/reader-fuzz/bombs.ts';
import { FuzzedProject, type FuzzResult, fuzzReader } from '../test/rig/reader-fuzz/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const count = Number(values.count);
const startedAt = Date.now();
const project = new FuzzedProject({
  'params.yaml': 'a: 1\n',
  'dvc.yaml': 'stages: {s: {cmd: x}}\n',
});
for (const [name, text] of Object.entries(bombs)) {
  await project.read('dvc.yaml', text, name);
  await project.read('dvc.lock', text, `${name} as a lock`);
}
project.remove();
const memoryOfBombs = process.resourceUsage().maxRSS;
report('bombs', project.result, memoryOfBombs);
const result = await fuzzReader({
  seed: Number(values.seed),
  count,
  onInput: ({ inputs }) => {
    if (process.stderr.isTTY && inputs % 1000 === 0) process.stderr.write(`\r${inputs} inputs`);
  },
});
if (process.stderr.isTTY) process.stderr.write('\n');
report('garbled texts', result, process.resourceUsage().maxRSS);
console.log(`in ${Math.round((Date.now() - startedAt) / 1000)} s`);

function report(what: string, each: FuzzResult, maxKilobytes: number): void {
  for (const fault of each.faults.slice(0, 20)) console.log(fault);
  const megabytes = Math.round(maxKilobytes / 1024);
  const { milliseconds, input } = each.slowest;
  console.log(
    `${each.inputs} ${what}: ${each.read} read (something left to DVC in ${each.handedOver}),`,
    `${each.refused} refused with their place, ${each.faults.length} faults;`,
    `slowest ${Math.round(milliseconds)} ms (${input}), memory at most ${megabytes} MB`,
  );
  if (each.faults.length > 0 || milliseconds > 1000 || megabytes > 300) process.exitCode = 1;
}
