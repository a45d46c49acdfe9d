import { describe, expect, test } from '@jest/globals';
import { jobResults, parseActOutput } from './parse.ts';

const workflow = 'on: push\njobs:\n  build: {}\n  ship: {}\n';
const of = (jobID: string, line: object, job = `w/${jobID}`) =>
  JSON.stringify({ job, jobID, ...line });

function parse(...lines: string[]) {
  return parseActOutput(lines.join('\n'), workflow);
}

describe('what act printed', () => {
  test('gives each job, and skipped for the one it says nothing about', () => {
    const jobs = parse(of('build', { jobResult: 'failure' }), 'Error: not JSON');
    expect(jobResults(jobs)).toEqual({ build: 'failure', ship: 'skipped' });
  });

  test('gives log, outputs, summary, steps and annotations of a job', () => {
    const [build] = parse(
      of('build', { raw_output: true, msg: 'compiling\n' }),
      of('build', { msg: 'a word of act itself' }),
      of('build', { raw_output: true, msg: 'done\n' }),
      of('build', { command: 'set-output', name: 'size', arg: '42' }),
      of('build', { command: 'summary', content: '## Built\n' }),
      of('build', { command: 'warning', arg: 'slow', kvPairs: { file: 'a.ts', line: '3' } }),
      of('build', { step: 'make', stage: 'Main', stepResult: 'success' }),
      of('build', { jobResult: 'success' }),
    );
    expect(build).toEqual({
      id: 'build',
      matrix: {},
      result: 'success',
      log: 'compiling\ndone\n',
      outputs: { size: '42' },
      summary: '## Built\n',
      annotations: [{ level: 'warning', message: 'slow', file: 'a.ts', line: 3 }],
      steps: [{ name: 'make', stage: 'Main', result: 'success' }],
    });
  });

  test('of a matrix gives a job for each combination; one failure fails all', () => {
    const jobs = parse(
      of('build', { matrix: { v: 1 }, jobResult: 'failure' }, 'w/build-1'),
      of('build', { matrix: { v: 2 }, jobResult: 'success' }, 'w/build-2'),
      of('ship', { jobResult: 'success' }),
    );
    expect(jobs.map(({ matrix, result }) => [matrix.v, result])).toEqual([
      [1, 'failure'],
      [2, 'success'],
      [undefined, 'success'],
    ]);
    expect(jobResults(jobs)).toEqual({ build: 'failure', ship: 'success' });
  });

  test('ends in the middle: a job without a result has failed', () => {
    const jobs = parse(of('build', { raw_output: true, msg: 'compi' }), '{"job":"w/bu');
    expect(jobResults(jobs)).toEqual({ build: 'failure', ship: 'skipped' });
  });

  test('says that a label has no platform: that is an error, since act itself ends well', () => {
    const line = of('ship', {
      msg: 'Skipping unsupported platform -- Try running with `-P x=...`',
    });
    expect(() => parse(line)).toThrow('no platform for job ship');
  });
});
