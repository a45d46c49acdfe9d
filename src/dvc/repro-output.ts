/** What DVC says about a stage while it reproduces a pipeline. */
export interface StageMessage {
  readonly stage: string;
  /** `running`: its command starts; `cached`: its outs come from the cache; `unchanged`: nothing to do. */
  readonly state: 'running' | 'cached' | 'unchanged';
}

/** The wordings of dvc/stage/run.py, dvc/stage/__init__.py and dvc/repo/reproduce.py at DVC 3.67. */
const wordings: readonly (readonly [RegExp, StageMessage['state']])[] = [
  [/^Running (?:callback )?stage '(.+)'(?: with command:|:)$/, 'running'],
  [/^Stage '(.+)' is cached - skipping run, checking out outputs$/, 'cached'],
  [/^Pulling data for (?:callback )?stage: '(.+)'$/, 'cached'],
  [/^Stage '(.+)' didn't change, skipping$/, 'unchanged'],
];

/** The stage message in a line of DVC's output; undefined for any other line. */
export function stageMessage(line: string): StageMessage | undefined {
  for (const [pattern, state] of wordings) {
    const stage = pattern.exec(line)?.[1];
    if (stage !== undefined) return { stage, state };
  }
  return undefined;
}
