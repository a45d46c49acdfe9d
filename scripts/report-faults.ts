/** Reports a worse metric through faults of GitHub: `npm run report-faults -- --tries 1000 --seed 1`. */
import { parseArgs } from 'node:util';
import { eachFault, randomFaults } from '../test/rig/report-faults/faults-of.ts';
import { allClear, jobs, reportJobs } from '../test/rig/report-faults/report-jobs.ts';

const { values } = parseArgs({
  options: {
    tries: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const [tries, seed] = [Number(values.tries), Number(values.seed)];
const rig = await reportJobs();
const [report, fork] = [await rig.requestsOf('report'), await rig.requestsOf('fork')];
const requests = { report, fork };
const each = jobs.flatMap((job) => eachFault(job, requests[job]));
const seeded = Array.from({ length: tries }, (_, at) => randomFaults(seed + at, requests));
const told = new Map<string, number>();
const green: string[] = [];
for (const [at, { job, faults, longest }] of [...each, ...seeded].entries()) {
  const outcome = await rig.run(job, faults, longest);
  const words = `${job}: ${outcome.conclusion}, ${outcome.comments.length} comments`;
  told.set(words, (told.get(words) ?? 0) + 1);
  const wrong = allClear(outcome);
  const name = at < each.length ? 'each' : `seed ${seed + at - each.length}`;
  if (wrong !== undefined) green.push(`${name}: ${wrong}: ${JSON.stringify({ job, faults })}`);
}
await rig.stop();
for (const line of green.slice(0, 20)) console.log(line);
for (const [words, count] of told) console.log(`${count} × ${words}`);
console.log(
  `${report.length} and ${fork.length} requests: ${each.length} faults one by one, ${tries} seeded tries; ${green.length} all-clears`,
);
process.exit(green.length > 0 ? 1 : 0);
