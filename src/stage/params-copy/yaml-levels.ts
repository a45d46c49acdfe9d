import { mayBeDeep } from '../../dvc/yaml/lenient.ts';
import type { YamlNode } from '../../dvc/yaml/node.ts';
import { parseYamlTree } from '../../dvc/yaml/tree.ts';

const maxLevels = 400;

/**
 * Whether a YAML text may have more levels than a parser that calls itself for each can bear. Where
 * the tree is not to be had, the text's brackets and blanks are counted, which says so too often.
 */
export function hasManyLevels(text: string): boolean {
  try {
    const tree = parseYamlTree(text);
    return tree !== undefined && levels(tree, new Map()) > maxLevels;
  } catch {
    return mayBeDeep(text);
  }
}

/** Aliases share nodes: each is looked at once. */
function levels(node: YamlNode, known: Map<YamlNode, number>): number {
  if (node.kind === 'scalar') return 0;
  const seen = known.get(node);
  if (seen !== undefined) return seen;
  const children = node.kind === 'list' ? node.items : node.entries.map(({ value }) => value);
  const deepest = children.reduce((most, child) => Math.max(most, levels(child, known)), 0);
  known.set(node, deepest + 1);
  return deepest + 1;
}
