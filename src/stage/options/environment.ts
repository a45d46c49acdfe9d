import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { StageOptions } from './options.ts';

/** The variables that the stage declares. Throws 'configuration' for one that must be set and is not. */
export function declaredEnvironment(
  stage: Stage,
  options: StageOptions,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, optional } of options.env) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
    else if (!optional) {
      throw new ExpectedFailure({
        kind: 'configuration',
        cause: `stage ${stage.name} declares the variable ${name}, which is not set`,
        hint: `${howToSet(name, env)}, or write ${name}? in meta.sibling.env if the stage can do without.`,
        place: { file: stage.file, line: stage.line },
      });
    }
  }
  return found;
}

function howToSet(name: string, env: NodeJS.ProcessEnv): string {
  return env.GITHUB_ACTIONS === 'true'
    ? `Give the workflow ${name}: \${{ secrets.${name} }} (or vars.${name}) in env:, between "# keep: env" and "# end: env", and the repository that secret`
    : 'Set it in .env or in the environment';
}
