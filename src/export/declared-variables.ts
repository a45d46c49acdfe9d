import type { ConfiguredStage } from '../stage/options/options.ts';
import { placeText } from '../terminal/failure-text.ts';

/**
 * A note for the variables that stages declare, cannot do without, and no job of the workflow sets, with
 * the lines to write; none where all are set.
 */
export function unsetVariables(
  stages: readonly ConfiguredStage[],
  set: readonly string[],
  file: string,
): string[] {
  const known = new Set([...set, ...setByActions]);
  const missing = new Map(
    stages.flatMap(({ stage, options }) =>
      options.env
        .filter(({ name, optional }) => !optional && !known.has(name))
        .map(({ name }) => [name, stage] as const),
    ),
  );
  if (missing.size === 0) return [];
  return [
    ...[...missing].map(
      ([name, { name: stage, file, line }]) =>
        `warning: ${placeText({ file, line })}: stage ${stage} declares the variable ${name}, which no job sets`,
    ),
    `Write this into ${file}, and give the repository the secrets (Settings > Secrets and variables > Actions):`,
    '# keep: env',
    'env:',
    ...[...missing.keys()].map((name) => `  ${name}: \${{ secrets.${name} }}`),
    '# end: env',
  ];
}

/** What every job has: GitHub's own, and what setup-dvc says to the later steps. */
const setByActions = [
  ...['DAGSHUB_USER_NAME', 'DAGSHUB_TOKEN', 'DAGSHUB_REPO', 'MLFLOW_TRACKING_URI'],
  ...['CI', 'HOME', 'PATH', 'GITHUB_ACTIONS', 'GITHUB_SHA', 'GITHUB_REF', 'GITHUB_REPOSITORY'],
];
