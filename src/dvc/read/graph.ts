import { dirname } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import type { DataSource, Stage } from '../pipeline.ts';

/** A node of DVC's graph: both stages and `.dvc` files have outs. */
type Producer = Stage | DataSource;

export interface Graph {
  /** Each after those it depends on, otherwise in the order given. */
  readonly stages: readonly Stage[];
  readonly upstream: ReadonlyMap<string, readonly string[]>;
  readonly upstreamSources: ReadonlyMap<string, readonly string[]>;
}

/**
 * Links stages to the stages and data sources whose outs they depend on: an out is upstream of a
 * dep that is it, lies inside it or holds it (dvc/repo/graph.py). Throws 'configuration' for outs
 * that overlap and for a cycle, one of a single stage included.
 */
export function buildGraph(stages: readonly Stage[], sources: readonly DataSource[]): Graph {
  const outs = new OutIndex();
  for (const producer of [...sources, ...stages]) {
    for (const out of producer.outs) outs.add(out.path, producer);
  }
  const upstream = new Map<string, readonly string[]>();
  const upstreamSources = new Map<string, readonly string[]>();
  for (const stage of stages) {
    const paths = [...stage.deps, ...stage.params.map((params) => params.path)];
    const producers = new Set(paths.flatMap((path) => outs.overlapping(path)));
    const [made, given] = [[] as string[], [] as string[]];
    for (const producer of producers) ('cmd' in producer ? made : given).push(producer.address);
    upstream.set(stage.address, made);
    upstreamSources.set(stage.address, given);
  }
  return { stages: sortStages(stages, upstream), upstream, upstreamSources };
}

/** Outs by path, and for each folder the outs below it. */
class OutIndex {
  private readonly owners = new Map<string, Producer>();
  private readonly below = new Map<string, string[]>();

  add(path: string, owner: Producer): void {
    const other = this.owners.has(path)
      ? path
      : (ancestors(path).find((folder) => this.owners.has(folder)) ?? this.below.get(path)?.[0]);
    if (other !== undefined) throw overlapping(path, owner, other, this.owners.get(other) ?? owner);
    this.owners.set(path, owner);
    for (const folder of ancestors(path)) {
      const known = this.below.get(folder);
      if (known) known.push(path);
      else this.below.set(folder, [path]);
    }
  }

  overlapping(path: string): readonly Producer[] {
    if (path === '.') return [...this.owners.values()];
    const paths = [path, ...ancestors(path), ...(this.below.get(path) ?? [])];
    return paths.flatMap((each) => this.owners.get(each) ?? []);
  }
}

/** The folders that a path lies in, the nearest first, without the root. */
function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = dirname(path); at !== '.' && at !== '/'; at = dirname(at)) found.push(at);
  return found;
}

function overlapping(
  path: string,
  owner: Producer,
  other: string,
  otherOwner: Producer,
): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause:
      path === other
        ? `${called(otherOwner)} and ${called(owner)} both have the out ${path}`
        : `the out ${path} of ${called(owner)} overlaps the out ${other} of ${called(otherOwner)}`,
    hint: 'A file can be the result of one stage only: give one of them another path.',
    place: 'line' in owner ? { file: owner.file, line: owner.line } : { file: owner.file },
  });
}

function called(producer: Producer): string {
  return 'cmd' in producer ? `stage ${producer.address}` : producer.address;
}

function sortStages(
  stages: readonly Stage[],
  upstream: ReadonlyMap<string, readonly string[]>,
): readonly Stage[] {
  const byAddress = new Map(stages.map((stage) => [stage.address, stage]));
  const ordered: Stage[] = [];
  const done = new Set<string>();
  for (const { address } of stages) {
    // A stack instead of recursion: a chain may be longer than the call stack is deep.
    const path: string[] = [];
    const open = new Set<string>();
    const stack = [address];
    while (stack.length > 0) {
      const current = stack.at(-1) ?? '';
      if (path.at(-1) === current) {
        stack.pop();
        path.pop();
        open.delete(current);
        if (!done.has(current)) {
          const stage = byAddress.get(current);
          if (stage) ordered.push(stage);
        }
        done.add(current);
      } else if (done.has(current)) stack.pop();
      else if (open.has(current)) throw cycle(byAddress.get(current), [...path, current]);
      else {
        const producers = upstream.get(current) ?? [];
        if (producers.includes(current)) throw cycle(byAddress.get(current), [current, current]);
        path.push(current);
        open.add(current);
        stack.push(...producers.toReversed());
      }
    }
  }
  return ordered;
}

function cycle(stage: Stage | undefined, path: readonly string[]): ExpectedFailure {
  const around = path.slice(path.indexOf(path.at(-1) ?? '')).reverse();
  const [name] = around;
  return new ExpectedFailure({
    kind: 'configuration',
    cause:
      around.length === 2
        ? `the stage ${name} depends on its own out`
        : `the stages depend on each other in a circle: ${around.join(' → ')}`,
    hint: 'Take one dep out of the circle, or split a stage in two.',
    ...(stage && { place: { file: stage.file, line: stage.line } }),
  });
}
