import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { keyText, type Value } from '../../dvc/value.ts';
import { plainScalar } from '../../dvc/yaml/scalar.ts';
import { CannotCut } from './cannot-cut.ts';

/** Where a node of a YAML document stands. */
export interface YamlParent {
  readonly collection: Node;
  /** In a mapping. */
  readonly pair?: Pair;
}

/** How the nodes of a YAML document hang together. */
export interface YamlWalk {
  readonly parents: ReadonlyMap<Node, YamlParent>;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Walks in the order of the text: an alias means the last anchor of its name before it. */
export function walkYaml(root: Node): YamlWalk {
  const parents = new Map<Node, YamlParent>();
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  const walk = (node: Node, parent?: YamlParent) => {
    if (parent) parents.set(node, parent);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) throw new CannotCut(`there is no anchor &${node.source}`);
      targets.set(node, target);
      return;
    }
    const { anchor } = node as Scalar;
    if (anchor !== undefined) anchors.set(anchor, node);
    if (isMap(node)) {
      refuseTwice(node);
      for (const pair of node.items) {
        for (const part of [pair.key, pair.value]) {
          if (isNode(part)) walk(part, { collection: node, pair });
        }
      }
    } else if (isSeq(node)) {
      for (const item of node.items) if (isNode(item)) walk(item, { collection: node });
    }
  };
  walk(root);
  return { parents, targets };
}

/** Of a key that is there twice some programs take the last value, some the first, some none. */
function refuseTwice({ items }: YAMLMap): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const text = identity(keyValue(key));
    if (seen.has(text)) throw new CannotCut(`the key ${key.source} is there twice`);
    seen.add(text);
  }
}

/** Alike for keys that some program takes for one: `1` and `1.0`, in YAML 1.1 `yes` and `true`. */
function identity(key: Value): string {
  if (typeof key === 'boolean' || typeof key === 'number') return String(Number(key));
  const text = keyText(key);
  if (/^(?:y|yes|on|true)$/i.test(text)) return '1';
  return /^(?:n|no|off|false)$/i.test(text) ? '0' : text;
}

/** The entries of a merge key (`<<`): the values that the mapping itself does not have. */
export function mergeEntries(map: YAMLMap): Pair[] {
  return map.items.filter(
    ({ key }) => isScalar(key) && key.type === 'PLAIN' && key.source === '<<',
  );
}

/** A key's value as DVC reads it; what is no simple value can be no param's name. */
export function keyValue(key: unknown): Value {
  if (isAlias(key)) throw new CannotCut('an alias is a key');
  if (!isScalar(key)) return [];
  const text = String(key.value ?? '');
  return key.type === 'PLAIN' && key.tag === undefined ? plainScalar(text) : text;
}
