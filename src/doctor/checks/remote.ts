import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Engine } from '../../container/engine.ts';
import type { FilePlacement } from '../../container/files/placement.ts';
import type { ImageId } from '../../container/identity/found-image.ts';
import { ExpectedFailure, type Failure } from '../../errors.ts';
import { isLoopback } from '../../network/address.ts';
import { giveTo, type Project, siblingFolder } from '../../project/project.ts';
import { explainTransfer } from '../../remote/failure.ts';
import { remoteTrouble } from '../../remote/first-look.ts';
import { type Remote, remoteEndpoint, remoteName } from '../../remote/remote.ts';
import { announce } from '../../run/lock/presence.ts';
import { newRunId } from '../../run/run.ts';
import { askDvc } from '../../run/runner/ask-dvc.ts';
import type { RunnerContainer } from '../../run/runner/runner.ts';
import type { DagsHub } from '../../servers/dagshub.ts';
import type { Check, Finding } from '../check.ts';
import { folderFinding } from '../probes/remote-folder.ts';
import type { Subject } from '../subject.ts';

export interface RemoteNeeds {
  readonly project: Check<Project>;
  readonly credentials: Check<DagsHub | undefined>;
  readonly engine: Check<Engine>;
  readonly workspace: Check<FilePlacement>;
  readonly runner: Check<ImageId | undefined>;
}

/**
 * Puts a small object of a random name into the DVC remote, gets it back and deletes it: what a push
 * and a pull need. A folder is tried from here, any other remote by DVC in its container.
 */
export function remoteCheck(subject: Subject, needs: RemoteNeeds): Check {
  const { remote } = subject;
  const { project, credentials, engine, workspace, runner } = needs;
  const trouble = knownTrouble(subject);
  const folder = remote?.kind === 'folder' ? remote.folder : undefined;
  const known = [project, credentials];
  return {
    name: 'dvc-remote',
    kind: 'remote',
    needs: folder === undefined && !trouble ? [...known, engine, runner, workspace] : known,
    deadline: 60_000,
    cleansUp: true,
    async look(given, signal) {
      if (remote === undefined) return { state: 'skipped', needs: 'a remote that can be told' };
      if (trouble !== undefined) return { state: 'failure', failure: trouble };
      if (folder !== undefined) return folderFinding(folder);
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

/** What can be told of the remote without asking it. */
function knownTrouble({ project, remote, env }: Subject): Failure | undefined {
  if ('fault' in project || remote === undefined) return undefined;
  try {
    return remoteTrouble(project.value, remote, env);
  } catch (error) {
    if (error instanceof ExpectedFailure) return error.failure;
    throw error;
  }
}

/** What dvc-runner/remote/probe.py prints. */
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
      return findingOf(remote, readAnswer(await askDvc(where, request, ['sibling-probe-remote'])));
    } finally {
      presence.withdraw();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readAnswer(printed: string): v.InferOutput<typeof probeAnswer> {
  const last = printed.trim().split('\n').at(-1) ?? '';
  try {
    return v.parse(probeAnswer, JSON.parse(last));
  } catch (error) {
    const cause = `DVC's container said something else than what became of the probe: ${last.slice(0, 200)}`;
    const hint = 'Build its image anew: sibling clean --images, then sibling build.';
    throw new ExpectedFailure({ kind: 'dvc', cause, hint }, { cause: error });
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
  const { kind, cause, hint } = explainTransfer('push', remote, [error]);
  const [, why = cause] = cause.split(`${name} `);
  return {
    state: 'failure',
    failure: {
      kind,
      cause: `${name} ${stepWords[step]}: it ${why} (${error})`,
      hint: hint + remains,
    },
  };
}
