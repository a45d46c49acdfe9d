/** What DVC says about a stage that it does not run, or could not. */
export interface StageMessage {
  readonly stage: string;
  /**
   * `cached`: its outs come from the cache; `unchanged`: nothing to do;
   * `failed`: its command, or what DVC had to do before or after it.
   */
  readonly state: 'cached' | 'unchanged' | 'failed';
}

/** The wordings of dvc/stage/run.py, dvc/stage/__init__.py and dvc/repo/reproduce.py at DVC 3.67. */
const wordings: readonly (readonly [RegExp, StageMessage['state']])[] = [
  [/^Stage '(.+)' is cached - skipping run, checking out outputs$/, 'cached'],
  [/^Pulling data for (?:callback )?stage: '(.+)'$/, 'cached'],
  [/^Stage '(.+)' didn't change, skipping$/, 'unchanged'],
  [/^ERROR: failed to reproduce '(.+?)': /, 'failed'],
];

/** The stage message in a line of DVC's output; undefined for any other line. */
export function stageMessage(line: string): StageMessage | undefined {
  for (const [pattern, state] of wordings) {
    const stage = pattern.exec(line)?.[1];
    if (stage !== undefined) return { stage, state };
  }
  return undefined;
}

/** What DVC advises after a run: `sibling git-sync` and `sibling push` do that here. */
const advice = [
  /^$/, // DVC's own lines between; an empty line of a stage has its prefix
  /^To track the changes with git, run:$/,
  /^\tgit add /,
  /^To enable auto staging, run:$/,
  /^\tdvc config core\.autostage true$/,
  /^Use `dvc push` to send your updates to remote storage\.$/,
];

/** Whether a line of DVC's output is advice about commands that a person need not call here. */
export function isAdvice(line: string): boolean {
  return advice.some((pattern) => pattern.test(line));
}
