import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateFilesArchive } from '../../container/archive.ts';
import { type Engine, socketGroup } from '../../container/engine.ts';
import type { FilePlacement } from '../../container/files/placement.ts';
import type { ImageId } from '../../container/identity/found-image.ts';
import { ownershipLabels } from '../../container/labels.ts';
import { LineSplitter, type OutputLines } from '../../container/log-lines.ts';
import { runContainer } from '../../container/run.ts';
import { hasLocalProxy } from '../../network/proxies.ts';
import { type RunnerView, runnerView } from '../../outside/find/runner-view.ts';
import { guardedHome } from '../../outside/guarded-home.ts';
import { withStandIns } from '../../outside/stand-in.ts';
import type { Project } from '../../project/project.ts';
import { requireRepository, vouchedRepository } from '../../project/require-repository.ts';
import { outFolders } from '../../remote/out-remotes.ts';
import type { Remote } from '../../remote/remote.ts';
import { removeTree } from '../../system/remove-tree.ts';
import type { RunCachePlace } from '../cache/place.ts';
import {
  agentInRunner,
  filesOf,
  handedOver,
  type RemoteFolders,
  type RunFacts,
  variablesOf,
} from './handed-over.ts';
import { withoutCredentials } from './without-credentials.ts';

/** What DVC needs to run, wherever it does. */
export interface RunnerRequest {
  readonly project: Project;
  readonly run: string;
  readonly remote: Remote;
  /** What `sibling stage` needs, by name; values may be secret. */
  readonly stageEnv: Readonly<Record<string, string>>;
  readonly facts?: RunFacts;
  /** Where results that are not merged are; absent: all are DVC's own. */
  readonly runCache?: RunCachePlace;
  /** Settings of Sibling itself for the processes in the runner; never secret, nor growing. */
  readonly env: Readonly<Record<string, string>>;
  /** A secret by which events of stages are told from all other output; absent where none run. */
  readonly events?: string;
  readonly onOutput: (output: OutputLines) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** A container that DVC runs in, started on the host's engine. */
export interface RunnerContainer {
  readonly engine: Engine;
  readonly image: ImageId;
  readonly placement: FilePlacement;
  /** Whether the runner must reach addresses on this machine's loopback. */
  readonly hostNetwork: boolean;
}

/** Where the runner keeps what is not the project's: its own layer, gone with the container. */
const runnerFolder = '/run/sibling';
const remoteFolder = '/var/lib/sibling/remote';
const outFolder = (at: number) => `/var/lib/sibling/remotes/${at}`;
const socketInRunner = '/var/run/docker.sock';

const dvcEntry = ['python3', '/opt/sibling/dvc-runner/dvc_entry.py'];

/** True inside the dvc-runner image, where DVC is at hand and needs no container of its own. */
export function insideRunner(env: NodeJS.ProcessEnv): boolean {
  return env.SIBLING_IN_RUNNER === '1';
}

/** Runs `dvc ARGUMENTS` in a dvc-runner container and gives its exit code. */
export async function runDvcInContainer(
  where: RunnerContainer,
  request: RunnerRequest,
  dvcArguments: readonly string[],
): Promise<number> {
  const { placement } = where;
  const { project } = request;
  if (usesRepository(dvcArguments)) requireRepository(project);
  const view = await runnerView(project, placement);
  const standIns = join(project.root, '.sibling/outside', request.run);
  try {
    const files = await withStandIns(placement, view.files, standIns);
    if (request.remote.kind === 'folder') {
      const { folder } = request.remote;
      files.push({ source: folder, target: remoteFolder, kind: 'directory', readOnly: false });
    }
    const others = [...outFolders(project.root, process.env)];
    for (const [at, [, source]] of others.entries()) {
      files.push({ source, target: outFolder(at), kind: 'directory', readOnly: false });
    }
    const folders = Object.fromEntries(others.map(([name], at) => [name, outFolder(at)]));
    const agent = request.remote.kind === 'folder' ? undefined : request.remote.lent?.agent;
    if (agent !== undefined) {
      files.push({ source: agent, target: agentInRunner, kind: 'file', readOnly: true });
    }
    return await runWith(where, request, dvcArguments, { ...view, files, folders });
  } finally {
    await removeTree(standIns);
  }
}

async function runWith(
  where: RunnerContainer,
  request: RunnerRequest,
  dvcArguments: readonly string[],
  {
    files,
    temporary,
    folders,
    ...settings
  }: RunnerView & { readonly folders: RemoteFolders['ofOuts'] },
): Promise<number> {
  const { engine, placement } = where;
  const { project } = request;
  const group = socketGroup(engine);
  const env = {
    ...dvcEnvironment(project),
    ...(temporary !== undefined && { HOME: temporary, TMPDIR: temporary }),
    ...request.env,
    ...runnerSettings(),
  };
  const exit = await runContainer(
    engine,
    {
      name: `sibling-${request.run}-dvc`,
      Image: where.image,
      Cmd: dvcEntry,
      User: containerUser(engine, project),
      WorkingDir: project.root,
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Labels: ownershipLabels({ run: request.run, project: project.id, role: 'dvc-runner' }),
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: {
        Mounts: [
          ...placement.mounts(files),
          { Type: 'bind', Source: socketOnHost(engine), Target: socketInRunner, ReadOnly: false },
        ],
        ...(group !== undefined && { GroupAdd: [String(group)] }),
        NetworkMode: where.hostNetwork || hasLocalProxy(process.env) ? 'host' : 'bridge',
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Init: true,
      },
    },
    {
      onOutput: request.onOutput,
      ...(request.signal && { signal: request.signal }),
      beforeStart: async (container) => {
        await placement.bringIn(container, files, project.user);
        const remotes = { chosen: remoteFolder, ofOuts: folders };
        const handed = handedOver(request, remotes, dvcArguments, settings.cache);
        const texts = { ...filesOf(handed), config: settings.machineConfig };
        const archive = await privateFilesArchive('sibling', texts, project.user);
        await container.putArchive(archive, { path: '/run' });
      },
      afterExit: (container) => placement.takeOut(container, files),
    },
  );
  return exit.code;
}

/** The runner's own questions, of a remote or of a text, need no repository. */
function usesRepository([command = '']: readonly string[]): boolean {
  return !command.startsWith('sibling-');
}

/** Runs `dvc ARGUMENTS` as a child process: this process is in the dvc-runner image already. */
export async function runDvcHere(
  request: RunnerRequest,
  dvcArguments: readonly string[],
): Promise<number> {
  if (usesRepository(dvcArguments)) requireRepository(request.project);
  const folder = await mkdtemp(join(tmpdir(), 'sibling-'));
  try {
    const { remote } = request;
    const remotes = {
      chosen: remote.kind === 'folder' ? remote.folder : '',
      ofOuts: Object.fromEntries(outFolders(request.project.root, process.env)),
    };
    const handed = handedOver(request, remotes, dvcArguments);
    for (const [name, text] of Object.entries(filesOf(handed))) {
      await writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' });
    }
    const [command = '', ...entry] = dvcEntry;
    const child = spawn(command, entry, {
      cwd: request.project.root,
      env: {
        ...withoutCredentials(process.env),
        ...dvcEnvironment(request.project),
        ...request.env,
        ...variablesOf(folder),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.kill('SIGTERM');
    request.signal?.addEventListener('abort', stop, { once: true });
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? (signal ? 130 : 1)));
    });
    await Promise.all([
      forwardChild(child.stdout, 'stdout', request),
      forwardChild(child.stderr, 'stderr', request),
    ]);
    return await ended;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function forwardChild(
  stream: AsyncIterable<Buffer>,
  name: OutputLines['stream'],
  request: RunnerRequest,
): Promise<void> {
  const splitter = new LineSplitter();
  for await (const chunk of stream) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) await request.onOutput({ stream: name, lines });
  }
  const rest = splitter.end();
  if (rest.length > 0) await request.onOutput({ stream: name, lines: rest });
}

function runnerSettings(): Record<string, string> {
  return {
    DOCKER_HOST: `unix://${socketInRunner}`,
    ...variablesOf(runnerFolder),
    // What the files of this machine and its user say of how DVC works.
    DVC_GLOBAL_CONFIG_DIR: runnerFolder,
    SIBLING_GUARDED_HOME: guardedHome(),
  };
}

function dvcEnvironment(project: Project): Record<string, string> {
  const vouched = vouchedRepository(project);
  return {
    ...(vouched !== undefined && { SIBLING_SAFE_DIRECTORY: vouched }),
    HOME: '/tmp',
    // The ids have no passwd entry in the image; DVC's getpass.getuser() takes these instead.
    USER: 'sibling',
    LOGNAME: 'sibling',
    DVC_NO_ANALYTICS: '1',
    SIBLING_PROJECT_ID: project.id,
    // The default, /var/tmp/dvc, is shared by users and would be lost with the container.
    DVC_SITE_CACHE_DIR: join(project.root, '.sibling/dvc-site-cache'),
    PYTHONUNBUFFERED: '1',
  };
}

/** In a rootless engine uid 0 of a container is the user who runs the engine. */
function containerUser(engine: Engine, project: Project): string {
  return engine.rootless ? '0:0' : `${project.user.uid}:${project.user.gid}`;
}

/** The socket where the daemon sees it: a remote daemon, and one in a virtual machine, has its own. */
function socketOnHost(engine: Engine): string {
  const path = engine.address.startsWith('unix://') ? engine.address.slice(7) : socketInRunner;
  const inVirtualMachine = process.platform === 'darwin';
  return inVirtualMachine ? socketInRunner : path;
}
