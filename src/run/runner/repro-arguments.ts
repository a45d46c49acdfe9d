import { readdirSync } from 'node:fs';
import type { Stage } from '../../dvc/pipeline.ts';
import type { Reach } from '../../dvc/targets/plan-stages.ts';
import type { Remote } from '../../remote/remote.ts';

/** Which stages DVC is to reproduce, and how. */
export interface ReproRequest {
  /** By their full names, from the project's root; empty: the dvc.yaml there. */
  readonly targets: readonly string[];
  readonly force: boolean;
  /** Only the target itself, not what it depends on. */
  readonly singleItem: boolean;
  /** Beside what the targets depend on: see Reach; `all` is every stage of the project. */
  readonly reach?: Reach | 'all';
  /** Whether DVC brings what is missing here: of its cache, and of the remote. */
  readonly pull: boolean;
}

/** The arguments of `dvc`, called in the project's root. */
export function reproArguments(request: ReproRequest, remote: Remote): string[] {
  return [
    'repro',
    ...(request.force ? ['--force'] : []),
    ...(request.singleItem ? ['--single-item'] : []),
    ...reachArguments(request),
    ...(pulls(request, remote) ? ['--pull'] : []),
    ...afterOptions(request.targets),
  ];
}

/** The arguments of `dvc` that make these stages by themselves, whatever dvc.lock says. */
export function remakeArguments(stages: readonly string[]): string[] {
  return ['repro', '--single-item', '--force', ...afterOptions(stages)];
}

/**
 * Which of the stages that DVC looks at it is asked for by name, and so has a word to say of: of a
 * file all its own, without targets those of the dvc.yaml there.
 */
export function askedFor(
  { targets, reach }: Pick<ReproRequest, 'targets' | 'reach'>,
  stages: readonly Pick<Stage, 'file' | 'address'>[],
): string[] {
  const named = new Set(targets.length > 0 ? targets : ['dvc.yaml']);
  return stages
    .filter(({ file, address }) => reach === 'all' || named.has(file) || named.has(address))
    .map(({ address }) => address);
}

/** A stage's name may begin as an option does. */
function afterOptions(targets: readonly string[]): string[] {
  return targets.length > 0 ? ['--', ...targets] : [];
}

/** Whether DVC is to ask the remote at all. A local folder that nobody has pushed to has nothing. */
export function pulls({ pull }: ReproRequest, remote: Remote): boolean {
  if (!pull) return false;
  // Hidden entries are Sibling's own.
  const holdsData = (folder: string) => readdirSync(folder).some((name) => !name.startsWith('.'));
  return remote.kind !== 'folder' || holdsData(remote.folder);
}

function reachArguments({ reach }: ReproRequest): string[] {
  if (reach === 'all') return ['--all-pipelines'];
  return reach === 'downstream' || reach === 'pipeline' ? [`--${reach}`] : [];
}
