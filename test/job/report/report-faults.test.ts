import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eachFault, type FaultTry, randomFaults } from '../../rig/report-faults/faults-of.ts';
import {
  allClear,
  jobs,
  type ReportJobs,
  reportJobs,
} from '../../rig/report-faults/report-jobs.ts';

let rig: ReportJobs;
beforeAll(async () => {
  rig = await reportJobs();
});
afterAll(() => rig.stop());

async function greenAmong(tries: readonly FaultTry[]): Promise<string[]> {
  const green: string[] = [];
  for (const { job, faults, longest } of tries) {
    const wrong = allClear(await rig.run(job, faults, longest));
    if (wrong !== undefined) green.push(`${wrong}: ${JSON.stringify({ job, faults })}`);
  }
  return green;
}

test('a worse metric is told when all goes well', async () => {
  for (const job of jobs) {
    const told = await rig.run(job, []);
    expect(told).toMatchObject({ conclusion: 'failure', comments: [expect.stringMatching(/❌/)] });
    expect(told.comments[0]).toMatch(/`accuracy` 0.9 → 0.5/);
  }
});

test('no fault of GitHub, at whichever request, makes it an all-clear', async () => {
  const [report, fork] = [await rig.requestsOf('report'), await rig.requestsOf('fork')];
  expect(report.length).toBeGreaterThanOrEqual(8);
  expect(fork.length).toBeGreaterThanOrEqual(6);
  const each = jobs.flatMap((job) => eachFault(job, job === 'report' ? report : fork));
  // All of them, and a thousand by seed, are npm run report-faults.
  const cuts = each.filter(({ faults: [fault] }) => fault?.kind === 'cut');
  const sample = each.filter((_, at) => at % 17 === 0);
  const seeded = Array.from({ length: 15 }, (_, at) => randomFaults(at, { report, fork }));
  expect(await greenAmong([...cuts, ...sample, ...seeded])).toEqual([]);
}, 120_000);
