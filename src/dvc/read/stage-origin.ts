import type { ExpectedFailure, Place } from '../../errors.ts';
import { entryOf, type YamlNode } from '../yaml/node.ts';
import { placeOf, type Source, wrong } from '../yaml/source.ts';
import type { ResolvedStage } from './expand-stages.ts';

/** Where a stage comes from, to point at a place in it. */
export interface Origin {
  readonly source: Source;
  readonly resolved: ResolvedStage;
}

/** A 'configuration' failure at a text in a stage, `written` as the stage has it, or at its name. */
export function wrongInStage(
  { source, resolved }: Origin,
  written: string,
  cause: string,
  hint: string,
): ExpectedFailure {
  return wrong(source, findText(resolved.definition, written) ?? resolved.key, cause, hint);
}

/**
 * Where a text stands in a stage, `written` as the stage has it, or else in the file's `vars`; else the
 * place of the stage's name.
 */
export function placeInStage({ source, resolved }: Origin, written: string): Place {
  const { key, definition } = resolved;
  const vars = entryOf(source.tree, 'vars')?.value;
  const found = findText(definition, written) ?? (vars && findText(vars, written));
  return placeOf(source, found ?? key);
}

/** The first scalar of that text, keys of maps included. */
function findText(node: YamlNode, text: string): YamlNode | undefined {
  if (node.kind === 'scalar') return node.value === text ? node : undefined;
  const children =
    node.kind === 'list' ? node.items : node.entries.flatMap(({ key, value }) => [key, value]);
  for (const child of children) {
    const found = findText(child, text);
    if (found) return found;
  }
  return undefined;
}
