import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { CannotCut } from './cannot-cut.ts';
import { type KeyPath, keyMatches } from './key-path.ts';
import { keyValue, mergeEntries, walkYaml, type YamlWalk } from './yaml-walk.ts';

/**
 * What of a YAML document is needed for some keys: their own entries, and those that hold the
 * anchors which these refer to. A list is needed whole: its indices have meaning.
 */
export class YamlNeeds {
  private readonly whole = new Set<Node>();
  private readonly entries = new Map<Node, Set<Pair>>();
  private readonly walk: YamlWalk;

  constructor(document: Document, paths: readonly KeyPath[]) {
    const root = document.contents as Node | null;
    if (!isMap(root)) throw new CannotCut('it is not a mapping');
    this.walk = walkYaml(root);
    for (const path of paths) this.require(root, path);
  }

  /** Whether no path leads to anything. */
  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  /** Whether all below the node is needed. */
  isWhole(node: Node): boolean {
    return this.whole.has(node);
  }

  /** Whether the entry is needed, as a whole or in part, of a mapping that is not needed whole. */
  has(map: YAMLMap, pair: Pair): boolean {
    return this.entries.get(map)?.has(pair) ?? false;
  }

  /** Marks what the path leads to, and the way to it; false when it leads nowhere. */
  private require(node: unknown, path: KeyPath): boolean {
    if (!isNode(node)) return path.length === 0;
    if (isAlias(node)) return this.requireTarget(node, path);
    if (path.length === 0 || isSeq(node)) {
      this.requireWhole(node);
      return true;
    }
    return isMap(node) && (this.requireOwn(node, path) || this.requireMerged(node, path));
  }

  private requireOwn(map: YAMLMap, [name = '', ...rest]: KeyPath): boolean {
    let isFound = false;
    for (const pair of map.items) {
      if (!keyMatches(keyValue(pair.key), name) || !this.require(pair.value, rest)) continue;
      this.keepEntry(map, pair);
      isFound = true;
    }
    return isFound;
  }

  private requireMerged(map: YAMLMap, path: KeyPath): boolean {
    let isFound = false;
    for (const pair of mergeEntries(map)) {
      const { value } = pair;
      const sources = isSeq(value) ? value.items : [value];
      const found = sources.map((source) => this.require(source, path));
      if (!found.includes(true)) continue;
      // A source without the key has to stay too, as what its alias names.
      for (const [at, source] of sources.entries()) if (!found[at]) this.require(source, []);
      // What is written in the list itself is not cut; the aliases have been seen to one by one.
      for (const source of sources) if (isMap(source)) this.requireWhole(source);
      if (isSeq(value)) this.whole.add(value);
      this.keepEntry(map, pair);
      isFound = true;
    }
    return isFound;
  }

  private requireTarget(alias: Alias, path: KeyPath): boolean {
    const target = this.walk.targets.get(alias);
    if (target === undefined || !this.require(target, path)) return false;
    this.requireWay(target);
    return true;
  }

  private requireWhole(node: Node): void {
    if (this.whole.has(node)) return;
    this.whole.add(node);
    if (isAlias(node)) this.requireTarget(node, []);
    else if (isSeq(node)) {
      for (const item of node.items) if (isNode(item)) this.requireWhole(item);
    } else if (isMap(node)) {
      for (const { key, value } of node.items) {
        for (const part of [key, value]) if (isNode(part)) this.requireWhole(part);
      }
    }
  }

  /** Marks the entries that lead to a node, from the root on. */
  private requireWay(node: Node): void {
    const { parents } = this.walk;
    for (let at = node, parent = parents.get(at); parent; parent = parents.get(at)) {
      const { collection, pair } = parent;
      if (pair) {
        this.keepEntry(collection, pair);
        if (pair.key === at && isNode(pair.value)) this.requireWhole(pair.value);
      } else this.requireWhole(collection);
      at = collection;
    }
  }

  private keepEntry(map: Node, pair: Pair): void {
    const kept = this.entries.get(map) ?? new Set();
    if (kept.has(pair)) return;
    this.entries.set(map, kept.add(pair));
    if (isNode(pair.key)) this.requireWhole(pair.key);
  }
}
