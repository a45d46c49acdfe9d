import { ExpectedFailure } from '../errors.ts';
import type { Pipeline, Stage } from './pipeline.ts';

/**
 * Orders stages so that each comes after those whose outs it depends on; stages that do not depend
 * on each other keep the order of the file. Throws 'configuration' for outs that overlap and for a
 * cycle.
 */
export function buildGraph(root: string, stages: readonly Stage[]): Pipeline {
  refuseOverlaps(stages);
  const upstream = new Map(
    stages.map((stage) => {
      const producers = stages.filter((other) =>
        other.outs.some((out) =>
          // An own out may lie inside a folder that the stage depends on; it cannot be a dep itself.
          stage.deps.some((dep) => (other === stage ? out.path === dep : overlap(out.path, dep))),
        ),
      );
      return [stage.address, producers.map((producer) => producer.address)] as const;
    }),
  );
  const byAddress = new Map(stages.map((stage) => [stage.address, stage]));
  const ordered: Stage[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (address: string, path: readonly string[]) => {
    if (state.get(address) === 'done') return;
    if (state.get(address) === 'open') throw cycle(byAddress.get(address), [...path, address]);
    state.set(address, 'open');
    for (const producer of upstream.get(address) ?? []) visit(producer, [...path, address]);
    state.set(address, 'done');
    const stage = byAddress.get(address);
    if (stage) ordered.push(stage);
  };
  for (const { address } of stages) visit(address, []);
  return { root, stages: ordered, upstream };
}

/** One is the other, or lies inside it. */
function overlap(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}

function refuseOverlaps(stages: readonly Stage[]): void {
  const owners = new Map<string, Stage>();
  for (const stage of stages) {
    for (const { path } of stage.outs) {
      for (const [other, owner] of owners) {
        if (!overlap(path, other)) continue;
        throw new ExpectedFailure({
          kind: 'configuration',
          cause:
            path === other
              ? `the stages ${owner.name} and ${stage.name} both have the out ${path}`
              : `the out ${path} of stage ${stage.name} overlaps the out ${other} of stage ${owner.name}`,
          hint: 'A file can be the result of one stage only: give one of them another path.',
          place: { file: stage.file, line: stage.line },
        });
      }
      owners.set(path, stage);
    }
  }
}

function cycle(stage: Stage | undefined, path: readonly string[]): ExpectedFailure {
  const start = path.indexOf(path.at(-1) ?? '');
  const around = path.slice(start).reverse();
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `the stages depend on each other in a circle: ${around.join(' → ')}`,
    hint: 'Take one dep out of the circle, or split a stage in two.',
    ...(stage && { place: { file: stage.file, line: stage.line } }),
  });
}
