import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isLoopback } from '../address.ts';
import { askDvc } from '../ask-dvc.ts';
import type { Engine } from '../container/engine.ts';
import type { FilePlacement } from '../container/files/placement.ts';
import type { DagsHub } from '../dagshub.ts';
import { ExpectedFailure } from '../errors.ts';
import { prepareRemote } from '../prepare.ts';
import { announce } from '../presence.ts';
import { giveTo, type Project, siblingFolder } from '../project.ts';
import { type Remote, remoteEndpoint, remoteName } from '../remote.ts';
import { newRunId } from '../run.ts';
import type { RunnerContainer } from '../runner.ts';
import { explainTransfer } from '../transfer-failure.ts';
import type { Check, Finding } from './check.ts';
import type { Subject } from './subject.ts';

export interface RemoteNeeds {
  readonly project: Check<Project>;
  readonly credentials: Check<DagsHub | undefined>;
  readonly engine: Check<Engine>;
  readonly workspace: Check<FilePlacement>;
  readonly runner: Check<string | undefined>;
}

/**
 * Puts a small object of a random name into the DVC remote, gets it back and deletes it: what a push
 * and a pull need. A folder is tried from here, any other remote by DVC in its container.
 */
export function remoteCheck(
  { remote }: Subject,
  { project, credentials, engine, workspace, runner }: RemoteNeeds,
): Check {
  const known = [project, credentials];
  return {
    name: 'dvc-remote',
    kind: 'remote',
    needs: remote?.kind === 'folder' ? known : [...known, engine, runner, workspace],
    deadline: 60_000,
    cleansUp: true,
    async look(given, signal) {
      if (remote === undefined) return { state: 'skipped', needs: 'a remote that can be told' };
      if (remote.kind === 'folder') return probeFolder(remote, given(project));
      const image = given(runner);
      // Without one, DVC is at hand: this is the dvc-runner.
      const where: RunnerContainer | undefined =
        image === undefined
          ? undefined
          : {
              engine: given(engine),
              image,
              placement: given(workspace),
              hostNetwork: isLoopback(remoteEndpoint(remote)),
            };
      return probeByDvc(remote, given(project), where, signal);
    },
  };
}

async function probeFolder(
  remote: Remote & { kind: 'folder' },
  project: Project,
): Promise<Finding> {
  const { folder } = remote;
  const path = join(folder, `.sibling-doctor-${randomBytes(8).toString('hex')}`);
  try {
    await prepareRemote(remote, project);
    try {
      await writeFile(path, path, { flag: 'wx' });
      if ((await readFile(path, 'utf8')) !== path) throw new Error('it gives back something else');
    } finally {
      await rm(path, { force: true });
    }
  } catch (error) {
    throw new ExpectedFailure(
      {
        kind: 'remote',
        cause: `${remoteName(remote)} cannot be used: ${(error as Error).message}`,
        hint: 'Make it a folder that you may write to, or name another in SIBLING_LOCAL_REMOTE.',
      },
      { cause: error },
    );
  }
  const text = `put, got and deleted an object in ${remoteName(remote)}`;
  return { state: 'ok', text, value: undefined };
}

/** What dvc-runner/remote_probe.py prints. */
const probeAnswer = v.object({
  /** What was done last: all went well when it is `done`. */
  step: v.picklist(['open', 'put', 'get', 'delete', 'done', 'unsupported']),
  error: v.optional(v.string(), ''),
  /** The probe's address where it is still there. */
  left: v.optional(v.string()),
});

async function probeByDvc(
  remote: Remote,
  project: Project,
  where: RunnerContainer | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  const folder = await mkdtemp(join(await siblingFolder(project), 'doctor-'));
  try {
    const there = await configurationAlone(project, folder);
    const run = newRunId();
    const presence = await announce(project, run, 'dvc', { writes: false });
    try {
      const request = { project: there, run, remote, stageEnv: {}, env: {}, signal };
      const printed = await askDvc(where, request, ['sibling-probe-remote']);
      const answer = v.parse(probeAnswer, JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
      return findingOf(remote, answer);
    } finally {
      presence.withdraw();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A project that has DVC's configuration and no data, which may have to be copied. */
async function configurationAlone(project: Project, folder: string): Promise<Project> {
  await mkdir(join(folder, '.dvc'));
  for (const name of ['config', 'config.local']) {
    const copy = join(folder, '.dvc', name);
    try {
      await copyFile(join(project.root, '.dvc', name), copy);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await writeFile(copy, '');
    }
    await giveTo(copy, project.user);
  }
  await giveTo(join(folder, '.dvc'), project.user);
  await giveTo(folder, project.user);
  return { ...project, root: folder, folders: [folder] };
}

const stepWords: Readonly<Record<string, string>> = {
  open: 'cannot be opened',
  put: 'takes no object',
  get: 'does not give back an object that it took',
  delete: 'does not delete an object of ours',
};

function findingOf(
  remote: Remote,
  { step, error, left }: v.InferOutput<typeof probeAnswer>,
): Finding {
  const name = remoteName(remote);
  if (step === 'done') {
    return { state: 'ok', text: `put, got and deleted an object in ${name}`, value: undefined };
  }
  if (step === 'unsupported') {
    return { state: 'skipped', needs: `a remote that can delete a probe: ${name} cannot` };
  }
  const remains = left === undefined ? '' : ` The probe ${left} is still there: delete it.`;
  if (step === 'delete') {
    // DVC itself deletes in a remote only when it is told to (dvc gc).
    const text = `${name} ${stepWords.delete}: ${error}`;
    const hint = `Pushing and pulling work all the same.${remains}`;
    return { state: 'warning', text, hint, value: undefined };
  }
  if (error.includes('RequestTimeTooSkewed')) {
    return {
      state: 'failure',
      failure: {
        kind: 'remote',
        cause: `${name} ${stepWords[step]}: this machine's clock differs too much from its own`,
        hint: `Set the clock (timedatectl set-ntp true).${remains}`,
      },
    };
  }
  const { kind, cause, hint } = explainTransfer('push', remote, [error]);
  const why = cause.slice(cause.indexOf(name) + name.length).trim();
  return {
    state: 'failure',
    failure: {
      kind,
      cause: `${name} ${stepWords[step]}: it ${why} (${error})`,
      hint: hint + remains,
    },
  };
}
