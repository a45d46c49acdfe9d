import { ExpectedFailure } from '../../errors.ts';
import { closest } from '../../text/closest.ts';
import type { Pipeline, Stage } from '../pipeline.ts';

/**
 * The stages that a person means by some names, in pipeline order, with all that they depend on
 * unless `alone`. `train` also means the stages `train@…` that a foreach or matrix makes of it.
 * Throws 'usage' for a name that no stage has.
 */
export function selectStages(
  pipeline: Pipeline,
  names: readonly string[],
  alone: boolean,
): readonly Stage[] {
  if (names.length === 0) return pipeline.stages;
  const wanted = new Set<string>();
  const add = (address: string) => {
    if (wanted.has(address)) return;
    wanted.add(address);
    if (!alone) for (const other of pipeline.upstream.get(address) ?? []) add(other);
  };
  for (const name of names) {
    const matching = pipeline.stages.filter(
      ({ address }) => address === name || address.startsWith(`${name}@`),
    );
    if (matching.length === 0) throw unknownStage(pipeline, name);
    for (const { address } of matching) add(address);
  }
  return pipeline.stages.filter(({ address }) => wanted.has(address));
}

function unknownStage(pipeline: Pipeline, name: string): ExpectedFailure {
  const addresses = pipeline.stages.map((stage) => stage.address);
  const guess = closest(name, addresses);
  return new ExpectedFailure({
    kind: 'usage',
    cause: `dvc.yaml has no stage ${name}`,
    hint: `${guess ? `Did you mean ${guess}? ` : ''}The stages are ${addresses.join(', ')}.`,
  });
}
