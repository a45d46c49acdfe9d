import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFileOf } from '../../dvc/lock/lock.ts';
import { git, gitState } from '../../git/git.ts';
import type { Project } from '../../project/project.ts';
import { requireRepository } from '../../project/require-repository.ts';
import { originOfEnvFile } from '../../project/settings.ts';
import { type Check, judged, type Trouble } from '../check.ts';
import type { DeclaredPipeline } from './pipeline.ts';

/** Milliseconds that Git may take with a large work tree. */
const deadline = 20_000;

/** What Git knows of the project: results can be traced and shared by that alone. */
export function gitChecks(project: Check<Project>, pipeline: Check<DeclaredPipeline>) {
  const repository: Check = {
    name: 'git',
    kind: 'configuration',
    needs: [project],
    deadline,
    async look(given) {
      const { root } = given(project);
      if ((await git(root, '--version')) === undefined) {
        return noRepository('there is no git on PATH', 'Install Git.');
      }
      requireRepository(given(project)); // a run ends at this
      if ((await git(root, 'rev-parse', '--git-dir')) === undefined) {
        const hint = 'Start one: git init, git add --all, git commit.';
        return noRepository(`${root} is in no Git repository`, hint);
      }
      const state = await gitState(root);
      if (!state)
        return noRepository('the repository has no commit yet', 'git add --all, then git commit.');
      const at = `${state.branch ?? 'no branch (detached HEAD)'} at ${state.commit.slice(0, 7)}`;
      if (!state.dirty) return { state: 'ok', text: at, value: undefined };
      return {
        state: 'warning',
        text: `${at}, with changes that are not committed: a run that is made now cannot be made again from the commit`,
        hint: 'Commit them (git status shows them), or go on if you are trying things out.',
        value: undefined,
      };
    },
  };
  const lock: Check = {
    name: 'dvc-lock',
    kind: 'configuration',
    needs: [project, repository, pipeline],
    deadline,
    async look(given) {
      const { root } = given(project);
      const { stages } = given(pipeline).pipeline;
      const files = [...new Set(stages.map(({ file }) => lockFileOf(file)))];
      const existing = files.filter((file) => existsSync(join(root, file)));
      const troubles = await Promise.all(existing.map((file) => lockTroubles(root, file)));
      const text =
        existing.length > 0
          ? `${existing.join(', ')} committed`
          : 'none yet: the first run writes it';
      return judged(troubles.flat(), { text, value: undefined, kind: 'configuration' });
    },
  };
  const secrets: Check = {
    name: 'env-in-git',
    kind: 'credentials',
    needs: [project, repository],
    deadline,
    async look(given) {
      const { root } = given(project);
      const fine = { value: undefined, kind: 'credentials' } as const;
      if (originOfEnvFile(root, process.env) === 'tracked') {
        const hint =
          'Take it out (git rm --cached .env, then commit), and if it was pushed, make new tokens: the history keeps the old ones.';
        const text = 'Git keeps .env, with all that is secret in it; Sibling does not read it so';
        return judged([{ state: 'failure', text, hint }], { text: '', ...fine });
      }
      // Of a file that is not there yet too: it is to be ignored before it is written.
      const isIgnored = (await git(root, 'check-ignore', '--', '.env')) !== undefined;
      const exists = existsSync(join(root, '.env'));
      const troubles: Trouble[] = isIgnored || !exists ? [] : [notIgnored];
      const text = exists ? 'Git ignores .env' : 'there is no .env that Git could keep';
      return judged(troubles, { text, ...fine });
    },
  };
  return { repository, lock, secrets };
}

const notIgnored: Trouble = {
  state: 'warning',
  text: 'Git does not ignore .env: the next git add --all takes it along, with all that is secret in it',
  hint: 'echo .env >> .gitignore',
};

/** Without a repository most of it works; what asks Git is told so by each answer. */
function noRepository(text: string, hint: string): ReturnType<Check['look']> {
  const consequence = 'what a run was made from cannot be told later';
  return { state: 'warning', text: `${text}: ${consequence}`, hint, value: undefined };
}

async function lockTroubles(root: string, file: string): Promise<Trouble[]> {
  if ((await git(root, 'check-ignore', '--', file)) !== undefined) {
    const text = `Git ignores ${file}: nobody else gets what was run`;
    return [{ state: 'warning', text, hint: `Take the line that names it out of .gitignore.` }];
  }
  const changed = await git(root, 'status', '--porcelain', '--', file);
  if (changed === undefined || changed === '') return [];
  const text = `${file} has changes that are not committed: nobody else gets what was run`;
  return [{ state: 'warning', text, hint: 'sibling git-sync commits and pushes it.' }];
}
