import type Docker from 'dockerode';
import type { Engine } from './engine.ts';
import { label } from './labels.ts';
import { removeContainer } from './remove-container.ts';

/** Which of Sibling's containers: those of one run, or of one project. */
export interface SweepScope {
  readonly run?: string;
  readonly project?: string;
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

/** The run ids that have a container which is still running. */
export async function runningRuns(engine: Engine, project: string): Promise<Set<string>> {
  const found = await list(engine, { project });
  const running = found.filter((container) => container.State === 'running');
  return new Set(running.map((container) => container.Labels[label.run] ?? ''));
}

async function list(engine: Engine, scope: SweepScope): Promise<Docker.ContainerInfo[]> {
  const filters = [
    ...(scope.run !== undefined ? [`${label.run}=${scope.run}`] : []),
    ...(scope.project !== undefined ? [`${label.project}=${scope.project}`] : []),
  ];
  const found = await engine.docker.listContainers({ all: true, filters: { label: filters } });
  return found.filter((container) => container.Labels[label.role] !== 'service');
}

async function stopAndRemove(engine: Engine, id: string, grace: number): Promise<void> {
  const container = engine.docker.getContainer(id);
  await container.stop({ t: grace }).catch(() => undefined); // stopped or gone already
  await removeContainer(container);
}
