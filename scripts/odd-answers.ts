/**
 * Gives the actions answers that GitHub, DagsHub and MLflow would hardly give:
 * `npm run odd-answers -- --count 1000 --seed 1 --only fork`.
 */
import { parseArgs } from 'node:util';
import { tryOddAnswers } from '../test/rig/odd-answers/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
  },
});
const begun = Date.now();
const { tries, refused, faults, slowest } = await tryOddAnswers({
  ...{ seed: Number(values.seed), count: Number(values.count), from: Number(values.from) },
  only: values.only,
});
for (const [kind, { count, first }] of faults) console.log(`${count} × ${kind}\n${first}\n`);
console.log(
  `${tries} tries, ${refused} refused in words, ${faults.size} kinds of faults, ${Math.round((Date.now() - begun) / 1000)} s; slowest ${Math.round(slowest.milliseconds)} ms (${slowest.told.slice(0, 300)})`,
);
process.exit(faults.size > 0 ? 1 : 0);
