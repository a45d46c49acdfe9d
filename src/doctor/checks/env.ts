import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../project/project.ts';
import { readEnvBytes } from '../../project/settings.ts';
import type { DagsHub } from '../../servers/dagshub.ts';
import { installationRoot } from '../../system/installation.ts';
import { readWholeIfAble } from '../../system/read-whole.ts';
import { type Check, judged, type Trouble } from '../check.ts';
import { envTroubles } from '../probes/env-lines.ts';
import type { Subject } from '../subject.ts';

/** `.env` and what it gives. */
export function envChecks({ env, dagsHub }: Subject, project: Check<Project>) {
  const file: Check = {
    name: 'env-file',
    kind: 'configuration',
    needs: [project],
    deadline: 2_000,
    look(given) {
      const path = join(given(project).root, '.env');
      if (!existsSync(path)) {
        return {
          state: 'ok',
          text: 'no .env: only what is set in the environment counts',
          value: undefined,
        };
      }
      const troubles = [...envTroubles(readEnvBytes(path), knownVariables(), process.env)];
      const open = statSync(path).mode & 0o077;
      if (open !== 0) {
        const text = `others on this machine may read .env (mode ${(statSync(path).mode & 0o777).toString(8)})`;
        troubles.push({ state: 'warning', text, hint: 'chmod 600 .env' });
      }
      return judged(troubles, {
        text: '.env can be read, by you only',
        value: undefined,
        kind: 'configuration',
      });
    },
  };
  const credentials: Check<DagsHub | undefined> = {
    name: 'credentials',
    kind: 'credentials',
    needs: [project],
    deadline: 2_000,
    look() {
      if ('fault' in dagsHub) throw dagsHub.fault;
      const found = dagsHub.value;
      const text = found
        ? `user ${found.user} for ${found.owner}/${found.repo} at ${found.host}`
        : 'none for DagsHub: data, runs and models stay where .env and .dvc/config say, else on this machine';
      return judged(
        halves.flatMap((pair) => halfTrouble(pair, env)),
        {
          text,
          value: found,
          kind: 'credentials',
        },
      );
    },
  };
  return { file, credentials };
}

/** What is of no use alone; DagsHub's pair is checked by who reads it. */
const halves = [
  ['MLFLOW_TRACKING_USERNAME', 'MLFLOW_TRACKING_PASSWORD'],
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ['SIBLING_REGISTRY_USER', 'SIBLING_REGISTRY_PASSWORD'],
] as const;

function halfTrouble([one, other]: readonly [string, string], env: NodeJS.ProcessEnv): Trouble[] {
  if (Boolean(env[one]) === Boolean(env[other])) return [];
  const [set, unset] = env[one] ? [one, other] : [other, one];
  const text = `${set} is set, but ${unset} is not`;
  return [{ state: 'failure', text, hint: 'Set both of them in .env, or neither.' }];
}

/** The variables that .env.example explains; the dvc-runner image goes without it. */
function knownVariables(): string[] {
  const path = join(installationRoot(), '.env.example');
  const example = readWholeIfAble(path)?.toString('utf8') ?? '';
  return [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
}
