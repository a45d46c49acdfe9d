import { parse } from 'yaml';

export type JobResult = 'success' | 'failure' | 'skipped';

/** One job of a run; a matrix makes one for each of its combinations. */
export interface ActJob {
  readonly id: string;
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly result: JobResult;
  readonly steps: readonly ActStep[];
  /** What its steps printed, with secrets masked as GitHub masks them. */
  readonly log: string;
  /** Its steps' outputs, by name; of two of the same name the later one. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What its steps wrote into the step summary. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

export interface ActStep {
  readonly name: string;
  readonly stage: 'Pre' | 'Main' | 'Post';
  readonly result: JobResult;
}

export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** A line of `act --json`, as far as we read it. */
interface Line {
  readonly msg?: string;
  readonly job?: string;
  readonly jobID?: string;
  readonly matrix?: Record<string, unknown>;
  readonly jobResult?: JobResult;
  readonly step?: string;
  readonly stage?: ActStep['stage'];
  readonly stepResult?: JobResult;
  readonly raw_output?: boolean;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly kvPairs?: Record<string, string>;
}

/**
 * The jobs of a run in the order in which they began, from the output of `act --json` and the
 * workflow. A job that act says nothing about was skipped. Throws for a job whose `runs-on` label
 * is mapped to nothing, since act leaves such a job out and exits with 0.
 */
export function parseActOutput(output: string, workflow: string): ActJob[] {
  const lines = output.split('\n').flatMap(jsonLine);
  const unmapped = lines.find(({ msg }) => msg?.includes('Skipping unsupported platform'));
  if (unmapped) throw new Error(`act has no platform for job ${unmapped.jobID}: ${unmapped.msg}`);
  const ofJobs = lines.filter(({ jobID }) => jobID !== undefined);
  const names = [...new Set(ofJobs.map(({ job }) => job))];
  const seen = names.map((name) => toJob(ofJobs.filter(({ job }) => job === name)));
  const all = Object.keys(parse(workflow).jobs ?? {});
  const unseen = all.filter((id) => !seen.some((job) => job.id === id));
  return [...seen, ...unseen.map((jobID) => toJob([{ jobID, jobResult: 'skipped' }]))];
}

/** Each job's result by its id; of a matrix the worst one. */
export function jobResults(jobs: readonly ActJob[]): Record<string, JobResult> {
  const results: Record<string, JobResult> = {};
  for (const { id, result } of jobs) {
    const other = results[id];
    results[id] = other !== undefined && severity[other] > severity[result] ? other : result;
  }
  return results;
}

const severity: Readonly<Record<JobResult, number>> = { skipped: 0, success: 1, failure: 2 };

function jsonLine(text: string): Line[] {
  if (!text.startsWith('{')) return [];
  try {
    return [JSON.parse(text)];
  } catch {
    return []; // cut off when act was killed
  }
}

function toJob(lines: Line[]): ActJob {
  // A job that act was killed in has no result of its own.
  const result = lines.findLast(({ jobResult }) => jobResult !== undefined)?.jobResult ?? 'failure';
  return {
    id: lines[0]?.jobID ?? '',
    matrix: lines[0]?.matrix ?? {},
    result,
    steps: lines.flatMap(({ step, stage, stepResult }) =>
      step !== undefined && stage !== undefined && stepResult !== undefined
        ? [{ name: step, stage, result: stepResult }]
        : [],
    ),
    log: lines.flatMap(({ raw_output, msg }) => (raw_output ? [msg] : [])).join(''),
    outputs: Object.fromEntries(
      lines.flatMap(({ command, name, arg }) =>
        command === 'set-output' && name !== undefined ? [[name, arg ?? '']] : [],
      ),
    ),
    summary: lines
      .flatMap(({ command, content }) => (command === 'summary' ? [content] : []))
      .join(''),
    annotations: lines.flatMap(annotation),
  };
}

function annotation({ command, arg, kvPairs = {} }: Line): Annotation[] {
  if (command !== 'notice' && command !== 'warning' && command !== 'error') return [];
  const { file, line } = kvPairs;
  return [
    {
      level: command,
      message: arg ?? '',
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line: Number(line) }),
    },
  ];
}
