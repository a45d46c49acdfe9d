import { parseArgs } from 'node:util';
import { Dvc } from '../test/rig/differential/dvc.ts';
import { runDifferential } from '../test/rig/differential/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    edits: { type: 'string', default: '30' },
  },
});

const dvc = new Dvc();
const startedAt = Date.now();
let told = 0;
const result = await runDifferential({
  dvc,
  seed: Number(values.seed),
  count: Number(values.count),
  editsPerProject: Number(values.edits),
  onProject: ({ projects, comparisons, disagreements }) => {
    // As they are found: a long run that is stopped has told them.
    for (const each of disagreements.slice(told)) console.log(each);
    told = disagreements.length;
    if (process.stderr.isTTY) {
      process.stderr.write(
        `\r${projects} projects, ${comparisons} comparisons, ${disagreements.length} disagreements`,
      );
    }
  },
});
dvc.end();
if (process.stderr.isTTY) process.stderr.write('\n');
for (const each of result.disagreements.slice(told)) console.log(each);
const share = ((100 * result.handedOver) / result.comparisons).toFixed(1);
console.log(
  `${result.comparisons} comparisons on ${result.projects} projects in ${Math.round((Date.now() - startedAt) / 1000)} s:`,
  `${result.agreed} verdicts alike, ${result.disagreements.length} not,`,
  `${result.refused} refused by both, something left to DVC in ${result.handedOver} (${share} %)`,
);
const constructs = [...result.constructs].sort(([, a], [, b]) => b - a).slice(0, 20);
for (const [construct, times] of constructs) console.log(`  ${times} × ${construct}`);
process.exitCode = result.disagreements.length > 0 ? 1 : 0;
