/** Looks for input that nobody foresaw: `npm run fuzz -- --count 100000 --seed 1 --only commands`. */
import { parseArgs } from 'node:util';
import { type FuzzTally, fuzzCommands, fuzzEngine, fuzzReaders } from '../test/rig/fuzz/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    reader: { type: 'string', default: '' },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
// By what an input costs: most are readers', a tenth command lines.
const parts: Readonly<Record<string, [number, (count: number) => Promise<FuzzTally>]>> = {
  readers: [0.7, (part) => fuzzReaders({ seed, count: part }, values.reader)],
  engine: [0.2, (part) => fuzzEngine({ seed, count: part })],
  commands: [0.1, (part) => fuzzCommands({ seed, count: part })],
};
for (const [name, [share, fuzz]] of Object.entries(parts)) {
  if (values.only && values.only !== name) continue;
  const begun = Date.now();
  const { inputs, refused, faults, slowest } = await fuzz(
    Math.round(count * (values.only ? 1 : share)),
  );
  for (const [kind, { count: often, first }] of faults)
    console.log(`${often} × ${kind}\n${first}\n`);
  console.log(
    `${name}: ${inputs} inputs, ${refused} refused in words, ${faults.size} kinds of faults, ${Math.round((Date.now() - begun) / 1000)} s; slowest ${Math.round(slowest.milliseconds)} ms (${slowest.input.slice(0, 200)})`,
  );
  if (faults.size > 0) process.exitCode = 1;
}
process.exit();
