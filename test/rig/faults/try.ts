import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { findProject } from '../../../src/project/project.ts';
import { ensureBusyboxImage } from '../busybox-image.ts';
import { Dice } from '../differential/dice.ts';
import { type Finished, type Started, sibling, startSibling } from '../stage-project.ts';
import { type EngineProxy, engineProxy } from './engine-proxy.ts';
import type { Fault, Scene } from './faults.ts';
import { type Moment, watchFor } from './moments.ts';
import {
  copyProject,
  faultsOfLog,
  faultsOfResult,
  freshFolder,
  lockFaults,
  makeFaultProject,
  partialOuts,
} from './project.ts';

/** What became of one fault at one moment. */
export interface Try {
  readonly fault: string;
  readonly moment: Moment;
  readonly seed: number;
  /** False when the run had ended, or the target was gone, before the fault came. */
  readonly struck: boolean;
  readonly code: number | null;
  /** What must never be; empty when all is well. */
  readonly violations: readonly string[];
  /** What the run and the next one printed, for a violation. */
  readonly output: string;
  readonly seconds: number;
}

/** How long a run may take with a fault in it before it counts as hung, in milliseconds. */
const hungAfter = 90_000;

/** Makes the projects that tries are copies of, and tries faults on them. */
export class FaultRig {
  readonly docker = new Docker();
  readonly services = `sibling-faults-${process.pid}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sibling-faults-'));
  readonly #templates = new Map<boolean, string>();
  #proxy: EngineProxy | undefined;

  async tryFault(fault: Fault, seed: number): Promise<Try> {
    const begun = performance.now();
    const dice = new Dice(seed);
    const moment = fault.moments[seed % fault.moments.length] ?? 'mid-log';
    const value = dice.int(1, 1_000_000);
    const root = this.#copy(await this.#template(fault.tracking === true), value, fault);
    const env = await this.#environment();
    const project = findProject(root).id;
    const containers = new Map<string, string>();
    const beside: Promise<Finished>[] = [];
    let struck: Promise<unknown> | undefined;
    let run: Started | undefined;
    const scene = (): Scene => ({
      docker: this.docker,
      root,
      env,
      dice,
      run: run as Started,
      proxy: this.#proxy as EngineProxy,
      beside,
      container: (role) => {
        const id = containers.get(role);
        return id === undefined ? undefined : this.docker.getContainer(id);
      },
    });
    const watch = await watchFor(
      moment,
      dice,
      {
        docker: this.docker,
        project,
        root,
        onStart: (role, id, stage) => {
          if (role !== 'stage' || stage === 'second') containers.set(role, id);
        },
      },
      () => {
        struck = (async () => fault.strike(scene()))();
        struck.catch(() => undefined);
      },
    );
    const violations: string[] = [];
    let output = '';
    try {
      run = startSibling(root, ['run'], { env });
      watch.follow(run);
      const first = await orHung(run);
      watch.end();
      const hit = struck === undefined ? false : await struck;
      output += `--- run: ${first?.code}\n${first?.stdout}${first?.stderr}`;
      if (!first) violations.push('the run hung');
      for (const other of await Promise.all(beside)) {
        output += `--- beside: ${other.code}\n${other.stderr}`;
        if (!fault.besideCodes?.includes(other.code ?? -1)) {
          violations.push(`what ran beside ended with ${other.code}`);
        }
      }
      const isStruck = struck !== undefined && hit !== false;
      if (isStruck) await fault.repair?.(scene());
      violations.push(...(await this.#afterRun(fault, first, root, project, value, isStruck)));
      const next = await sibling(root, ['run'], { env, timeout: hungAfter });
      output += `--- next run: ${next.code}\n${next.stderr}`;
      violations.push(...(await this.#afterNext(next, root, project, value)));
      return {
        fault: fault.name,
        moment,
        seed,
        struck: isStruck,
        code: first?.code ?? null,
        violations,
        output,
        seconds: (performance.now() - begun) / 1000,
      };
    } finally {
      watch.end();
      run?.kill('SIGKILL');
      this.#proxy?.mend();
      await this.#removeContainers(project);
      removeCopy(root, fault);
    }
  }

  async end(): Promise<void> {
    const template = this.#templates.get(true);
    if (template) {
      await sibling(template, ['down', '--volumes'], { env: await this.#environment() });
    }
    this.#proxy?.close();
    for (const root of this.#templates.values()) rmSync(root, { recursive: true, force: true });
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #afterRun(
    fault: Fault,
    first: Finished | undefined,
    root: string,
    project: string,
    value: number,
    struck: boolean,
  ): Promise<string[]> {
    const code = first?.code;
    const found: string[] = [];
    if (code === 0) {
      found.push(...faultsOfResult(root, value).map((each) => `false success: ${each}`));
      found.push(...faultsOfLog(first?.stderr ?? ''));
    } else if (fault.harmless || !struck) {
      found.push(`the run ended with ${code}`);
    } else if (fault.codes && !fault.codes.includes(code ?? -1)) {
      found.push(`the run ended with ${code} instead of ${fault.codes}`);
    }
    if (code === 70 || /unexpected error|\n {4}at /.test(first?.stderr ?? '')) {
      found.push('it died of an error that nobody foresaw');
    }
    found.push(...partialOuts(root, [0, value]));
    if (fault.killsLauncher) return found;
    found.push(...lockFaults(root));
    found.push(...(await this.#orphans(project)).map((name) => `after the run: ${name} is left`));
    return found;
  }

  async #afterNext(next: Finished, root: string, project: string, value: number) {
    const found: string[] = [];
    if (next.code !== 0) found.push(`the next run ended with ${next.code}`);
    found.push(...faultsOfResult(root, value).map((each) => `after the next run: ${each}`));
    found.push(...(await this.#orphans(project)).map((name) => `${name} is left`));
    for (const folder of ['scratch', 'present']) {
      const path = join(root, '.sibling', folder);
      if (existsSync(path) && readdirSync(path).length > 0)
        found.push(`.sibling/${folder} is left`);
    }
    if (existsSync(join(root, '.sibling/run.lock'))) found.push('the lock is left');
    return found;
  }

  /** Containers of the project, and networks by its name: there is none that a run leaves. */
  async #orphans(project: string): Promise<string[]> {
    const filters = { label: [`sibling.project=${project}`] };
    const containers = await this.docker.listContainers({ all: true, filters });
    const networks = await this.docker.listNetworks({ filters });
    return [
      ...containers.map(({ Names: names, State: state }) => `container ${names[0]} (${state})`),
      ...networks.map(({ Name: name }) => `network ${name}`),
    ];
  }

  async #removeContainers(project: string): Promise<void> {
    const filters = { label: [`sibling.project=${project}`] };
    for (const { Id: id } of await this.docker.listContainers({ all: true, filters })) {
      await this.docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
    }
  }

  /** A project that ran to its end once, so that a try needs to run two of three stages. */
  async #template(tracking: boolean): Promise<string> {
    const known = this.#templates.get(tracking);
    if (known) return known;
    await ensureBusyboxImage(this.docker);
    const root = makeFaultProject(tracking ? { network: 'tracking' } : {});
    this.#templates.set(tracking, root);
    const { code, stderr } = await sibling(root, ['run'], { env: await this.#environment() });
    const faults = faultsOfResult(root, 0);
    if (code !== 0 || faults.length > 0) throw new Error(`${faults.join('\n')}\n${stderr}`);
    return root;
  }

  async #environment(): Promise<Record<string, string>> {
    this.#proxy ??= await engineProxy(join(this.#folder, 'engine.sock'), '/var/run/docker.sock');
    return {
      DOCKER_HOST: this.#proxy.address,
      SIBLING_SERVICES: this.services,
      SIBLING_MLFLOW_PORT: '0',
      XDG_CACHE_HOME: join(this.#folder, 'cache'),
    };
  }

  #copy(template: string, value: number, fault: Fault): string {
    if (!fault.smallDisk) return copyProject(template, value);
    const root = freshFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=755', 'tmpfs', root]);
    return copyProject(template, value, root);
  }
}

function removeCopy(root: string, fault: Fault): void {
  if (fault.smallDisk) execFileSync('umount', ['--lazy', root]);
  rmSync(root, { recursive: true, force: true });
}

async function orHung(run: Started): Promise<Finished | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      run.kill('SIGKILL');
      resolve(undefined);
    }, hungAfter);
  });
  try {
    return await Promise.race([run.finished, hung]);
  } finally {
    clearTimeout(timer);
  }
}
