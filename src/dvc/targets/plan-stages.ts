import type { Pipeline, Stage } from '../pipeline.ts';

/** How far from the targets a run goes, as the options of `dvc repro` have it. */
export type Reach =
  /** What the targets depend on, and they. */
  | 'upstream'
  /** The targets, and what depends on them. */
  | 'downstream'
  /** Everything that is linked with the targets. */
  | 'pipeline'
  | 'single';

/**
 * The stages that `dvc repro` would look at for some stages and `.dvc` files, by address, in
 * pipeline order (dvc/repo/reproduce.py, plan_repro): what a frozen stage depends on counts neither
 * before nor after it.
 */
export function planStages(
  pipeline: Pipeline,
  targets: readonly string[],
  reach: Reach,
): readonly Stage[] {
  const { stages } = pipeline;
  const before = edgesBefore(pipeline);
  const reached = new Set<string>();
  if (reach === 'single') for (const target of targets) reached.add(target);
  if (reach === 'upstream') follow(targets, before, reached);
  if (reach === 'downstream') follow(targets, reverse(before), reached);
  if (reach === 'pipeline') follow(targets, joined(before, reverse(before)), reached);
  return stages.filter(({ address }) => reached.has(address));
}

type Edges = ReadonlyMap<string, readonly string[]>;

function edgesBefore({ stages, upstream, upstreamSources }: Pipeline): Edges {
  return new Map(
    stages.map(({ address, frozen }) => [
      address,
      frozen ? [] : [...(upstream.get(address) ?? []), ...(upstreamSources.get(address) ?? [])],
    ]),
  );
}

function reverse(edges: Edges): Edges {
  const back = new Map<string, string[]>();
  for (const [from, all] of edges) {
    for (const to of all) {
      const known = back.get(to);
      if (known) known.push(from);
      else back.set(to, [from]);
    }
  }
  return back;
}

function joined(one: Edges, other: Edges): Edges {
  const names = new Set([...one.keys(), ...other.keys()]);
  return new Map(
    [...names].map((name) => [name, [...(one.get(name) ?? []), ...(other.get(name) ?? [])]]),
  );
}

function follow(from: readonly string[], edges: Edges, reached: Set<string>): void {
  const stack = [...from];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    stack.push(...(edges.get(next) ?? []));
  }
}
