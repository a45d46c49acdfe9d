import type Docker from 'dockerode';
import { type Engine, engineSocket } from './engine.ts';
import { isContainerId } from './id.ts';
import { label } from './labels.ts';
import { removeContainer } from './remove.ts';

/** Which of Sibling's containers: those of one run, or of one project. */
export interface SweepScope {
  readonly run?: string;
  readonly project?: string;
  /** Runs whose containers stay: they have an owner. */
  readonly except?: readonly string[];
  /** Runs that alone are meant: they are known to be dead. */
  readonly only?: readonly string[];
  /** Only these of them. */
  readonly role?: 'stage';
}

/**
 * What is left of a project's runs, for whoever has its workspace: nobody of this machine is at work
 * there, `others` excepted. An engine elsewhere may serve another machine too, where a folder of the
 * same path has the same id: of its containers only those of the `abandoned` runs are ours to take.
 */
export function leftoversOf(
  engine: Pick<Engine, 'address'>,
  project: string,
  {
    abandoned,
    others,
  }: { readonly abandoned: readonly string[]; readonly others: readonly string[] },
): SweepScope {
  const isHere = engineSocket(engine) !== undefined;
  return { project, except: others, ...(!isHere && { only: abandoned }) };
}

/**
 * Stops and removes the containers of a run or a project, stage containers first, so that nothing
 * starts another one meanwhile; services stay. Gives the names of what it removed.
 */
export async function sweep(engine: Engine, scope: SweepScope, grace = 3): Promise<string[]> {
  const removed: string[] = [];
  // A create call that was under way when its caller died may still add one: look until none is left.
  for (let round = 0; round < 3; round++) {
    const found = await list(engine, scope);
    if (found.length === 0) break;
    for (const role of ['stage', 'dvc-runner']) {
      const ofRole = found.filter((container) => container.Labels[label.role] === role);
      await Promise.all(ofRole.map((container) => stopAndRemove(engine, container.Id, grace)));
    }
    removed.push(
      ...found.map((container) => (container.Names[0] ?? container.Id).replace(/^\//, '')),
    );
  }
  return removed;
}

/**
 * What the engine has of an owner whose process cannot be seen from here: containers of its run, or
 * the container that it is in itself, whose host name is the start of its id.
 */
export async function engineKnows(
  engine: Engine,
  owner: { readonly run: string; readonly host: string },
): Promise<'running' | 'stopped' | 'absent'> {
  const ofRun = await list(engine, { run: owner.run });
  const own = isContainerId(owner.host)
    ? await engine.docker.listContainers({ all: true, filters: { id: [owner.host] } })
    : [];
  const states = new Set([...ofRun, ...own].map(({ State: state }) => state));
  if (['running', 'paused', 'restarting'].some((state) => states.has(state))) return 'running';
  return own.length > 0 ? 'stopped' : 'absent';
}

async function list(engine: Engine, scope: SweepScope): Promise<Docker.ContainerInfo[]> {
  const filters = [
    ...(scope.run !== undefined ? [`${label.run}=${scope.run}`] : []),
    ...(scope.project !== undefined ? [`${label.project}=${scope.project}`] : []),
    ...(scope.role !== undefined ? [`${label.role}=${scope.role}`] : []),
  ];
  const found = await engine.docker.listContainers({ all: true, filters: { label: filters } });
  return found.filter(
    ({ Labels: labels }) =>
      labels[label.role] !== 'service' &&
      !scope.except?.includes(labels[label.run] ?? '') &&
      (scope.only?.includes(labels[label.run] ?? '') ?? true),
  );
}

async function stopAndRemove(engine: Engine, id: string, grace: number): Promise<void> {
  const container = engine.docker.getContainer(id);
  await container.stop({ t: grace }).catch(() => undefined); // stopped or gone already
  await removeContainer(container);
}
