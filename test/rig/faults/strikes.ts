import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { ownershipLabels } from '../../../src/container/labels.ts';
import { engineRequest } from '../../../src/container/request/requests.ts';
import { projectId } from '../../../src/project/id.ts';
import { busyboxImage, ensureBusyboxImage } from '../busybox-image.ts';
import { type Finished, makeProject, removeProject, startSibling } from '../stage-project.ts';
import { type Blow, type RequestStriker, requestStriker, type Strike } from './request-striker.ts';

/** A command whose requests are struck. */
export interface StruckCommand {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Before each try, so that it makes the requests again. */
  prepare?(root: string, docker: Docker): Promise<void> | void;
  /** After each try. */
  tidy?(docker: Docker): Promise<void>;
}

const services = 'sibling-strikes';
const server = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: '0' };

async function withoutServer(docker: Docker): Promise<void> {
  await docker
    .getContainer(`${services}-mlflow`)
    .remove({ force: true })
    .catch(() => undefined);
  await docker
    .getNetwork(`${services}-tracking`)
    .remove()
    .catch(() => undefined);
  await docker
    .getVolume(`${services}-mlflow`)
    .remove()
    .catch(() => undefined);
}

/** The image of a stage has the content of this file, so that it is built anew. */
function anotherImage(root: string): void {
  writeFileSync(join(root, 'stages/one/nonce'), `${process.hrtime.bigint()}`);
}

export const struckCommands: Readonly<Record<string, StruckCommand>> = {
  stage: { args: ['stage', 'one'] },
  'stage with copied files': { args: ['stage', 'one'], env: { SIBLING_FILES: 'copy' } },
  build: { args: ['build'], prepare: anotherImage },
  status: { args: ['status'] },
  doctor: { args: ['doctor'] },
  clean: { args: ['clean'], prepare: leaveContainer },
  up: {
    args: ['up'],
    env: server,
    prepare: (_, docker) => withoutServer(docker),
    tidy: withoutServer,
  },
  down: { args: ['down', '--volumes'], env: server, tidy: withoutServer },
  run: { args: ['run', '--force'] },
};

/** What a killed run of the project would have left. */
async function leaveContainer(root: string, docker: Docker): Promise<void> {
  const owner = { project: projectId(root), run: 'killed', role: 'stage' } as const;
  await docker.createContainer({
    Image: busyboxImage,
    Cmd: ['true'],
    Labels: ownershipLabels(owner),
  });
}

export const blows: Readonly<Record<string, Blow>> = {
  400: { status: 400, message: 'struck with 400' },
  404: { status: 404, message: 'struck with 404' },
  409: { status: 409, message: 'struck with 409' },
  500: { status: 500, message: 'struck with 500' },
  'head only': 'head only',
  'half a body': 'half a body',
  'another shape': { body: '{"message": ["struck"]}' },
  'no JSON': { body: '<html>struck</html>' },
};

/** Where nothing is read of an answer, its status alone counts: another body is none. */
export function fits(blow: Blow, template: string): boolean {
  const [method = '', path = ''] = template.split(' ');
  const isRead = engineRequest(method, path)?.answer !== undefined || /create|build/.test(path);
  return typeof blow === 'string' || 'status' in blow || isRead;
}

export interface Outcome {
  readonly struck: number;
  /** Kinds of the requests that it made, in order. */
  readonly asked: readonly string[];
  readonly code: number | null;
  readonly output: string;
  readonly violations: readonly string[];
}

/** Strikes the requests that commands make of the engine, in a project of one tiny stage. */
export class StrikeRig {
  readonly docker = new Docker();
  readonly root: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'sibling-strikes-'));
  private striker!: RequestStriker;

  constructor() {
    this.root = makeProject({
      stages: {
        one: { script: 'cat in > out', entry: { deps: ['in', 'stages/one'], outs: ['out'] } },
      },
      files: { in: 'x' },
    });
  }

  async begin(): Promise<void> {
    await ensureBusyboxImage(this.docker);
    this.striker = await requestStriker(join(this.folder, 'engine.sock'), '/var/run/docker.sock');
    const { output } = await this.strike('stage', undefined);
    if (!existsSync(join(this.root, 'out'))) throw new Error(output);
  }

  async end(): Promise<void> {
    await this.strike('clean', undefined);
    this.striker.close();
    await withoutServer(this.docker);
    removeProject(this.root);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The kinds of requests that a command makes, each with how many. */
  async requestsOf(command: string): Promise<ReadonlyMap<string, number>> {
    const { asked } = await this.strike(command, undefined);
    const counts = new Map<string, number>();
    for (const one of asked) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  }

  /** Runs a command with a strike, and looks for what must not be. */
  async strike(name: string, strike: Strike | undefined): Promise<Outcome> {
    const command = struckCommands[name];
    if (command === undefined) throw new Error(`there is no command ${name}`);
    await command.prepare?.(this.root, this.docker);
    this.striker.arm(strike);
    const env = { DOCKER_HOST: `unix://${this.striker.path}`, ...command.env };
    const started = startSibling(this.root, command.args, { env });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      started.kill('SIGKILL');
    }, 60_000);
    const finished = await started.finished;
    clearTimeout(timer);
    const struck = this.striker.struck();
    const asked = [...this.striker.seen];
    this.striker.arm(undefined);
    await command.tidy?.(this.docker);
    const violations = [...violationsOf(finished, isLate), ...(await this.leftovers(name, strike))];
    return {
      struck,
      asked,
      code: finished.code,
      output: finished.stdout + finished.stderr,
      violations,
    };
  }

  /** A removal that is refused may leave its container; `sibling clean` then takes it. */
  private async leftovers(name: string, strike: Strike | undefined): Promise<string[]> {
    if (strike === undefined) return [];
    const label = [`sibling.project=${projectId(this.root)}`];
    const mine = () => this.docker.listContainers({ all: true, filters: { label } });
    const { template } = strike;
    // What lies there for `clean` to remove stays where it cannot.
    const mayStay =
      name === 'clean' || /^DELETE|containers\/create|containers\/json/.test(template);
    const before = await mine();
    if (before.length === 0) return [];
    await startSibling(this.root, ['clean']).finished;
    const after = await mine();
    return [
      ...(mayStay ? [] : before.map(({ Names }) => `left ${Names[0]}`)),
      ...after.map(({ Names }) => `left ${Names[0]} after sibling clean`),
    ];
  }
}

function violationsOf({ code, stdout, stderr }: Finished, isLate: boolean): string[] {
  const output = stdout + stderr;
  return [
    ...(isLate ? ['it hung'] : []),
    ...(code === 70 || code === 13 || code === null ? [`it ended with ${code}`] : []),
    ...(/unexpected|a bug in Sibling|^\s+at .*:\d+/m.test(output) ? ['it shows a stack'] : []),
    ...(/HTTP code \d|undefined|\[object/.test(output) ? ['it shows what is no word'] : []),
    ...(code !== 0 && output.trim() === '' ? ['it says nothing'] : []),
  ];
}
