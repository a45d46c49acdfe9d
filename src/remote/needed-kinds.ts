import { committedRemotes, followRemote } from '../dvc/config/project-remotes.ts';
import { isUrl } from '../dvc/paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { kindOf, type OptionalKind } from './kinds.ts';

/**
 * The kinds of remote that a clone of this project needs and that are not in every dvc-runner, sorted:
 * of its default remote, of those that outs name, and of deps at an address. What only a
 * .dvc/config.local says is no clone's.
 */
export function neededKinds(
  root: string,
  stages: readonly Pick<Stage, 'deps' | 'outs'>[],
): readonly OptionalKind[] {
  const { defaultName, remotes } = committedRemotes(root);
  const named = stages.flatMap(({ outs }) => outs.flatMap(({ remote }) => remote ?? []));
  const urls = stages.flatMap(({ deps }) => deps.filter(isUrl));
  const inDeps = urls.flatMap((url) => /^remote:\/\/([^/]+)/i.exec(url)?.[1] ?? []);
  const addresses = [
    ...urls,
    ...[defaultName ?? [], ...named, ...inDeps].flat().flatMap((name) => {
      return followRemote(remotes, name)?.url.text ?? [];
    }),
  ];
  const kinds = addresses.map(kindOf).filter((kind) => kind !== 'standard' && kind !== 'unknown');
  return [...new Set(kinds)].sort();
}
