import type { SpawnOptions } from 'node:child_process';
import type { CheckResult } from '../../src/doctor/check.ts';
import { type Finished, sibling } from './stage-project.ts';

/** What `sibling doctor --json` printed. */
export interface Diagnosis extends Finished {
  readonly json: { readonly version: number; readonly exitCode: number; readonly seconds: number };
  readonly checks: readonly CheckResult[];
  /** The result of one check; throws where there is none of that name. */
  check(name: string): CheckResult;
}

/** Runs `sibling doctor --json` as a person would. */
export async function doctor(
  root: string,
  env: NodeJS.ProcessEnv,
  options: SpawnOptions & { readonly args?: readonly string[] } = {},
): Promise<Diagnosis> {
  const { args = [], ...spawning } = options;
  const finished = await sibling(root, ['doctor', '--json', ...args], { env, ...spawning });
  const json = JSON.parse(finished.stdout || `"${finished.stderr}"`);
  if (json.exitCode !== finished.code)
    throw new Error(`exit code ${finished.code}, not as in JSON`);
  return {
    ...finished,
    json,
    checks: json.checks,
    check(name) {
      const found = json.checks.find((check: CheckResult) => check.name === name);
      if (!found) throw new Error(`there is no check ${name}`);
      return found;
    },
  };
}

export function stateOf(diagnosis: Diagnosis, name: string): CheckResult['state'] {
  return diagnosis.check(name).state;
}

/** The states of all checks but some. */
export function statesBut({ checks }: Diagnosis, names: readonly string[]): CheckResult['state'][] {
  return checks.filter(({ name }) => !names.includes(name)).map(({ state }) => state);
}
