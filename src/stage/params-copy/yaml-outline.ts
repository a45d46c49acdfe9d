import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { CannotCut } from './cannot-cut.ts';
import { type KeyPath, keyMatches } from './key-path.ts';
import { keyValue, mergeEntries, walkYaml, type YamlWalk } from './yaml-walk.ts';

/** More nodes than this, aliases written out, are not compared. */
const maxNodes = 200_000;

/**
 * What paths lead to in a YAML document, as text: tags, styles and the source of every scalar, with
 * aliases and merge keys resolved. Equal texts mean equal values to every parser, whichever version
 * of YAML it knows.
 */
export class YamlOutline {
  private readonly root: Node | null;
  private readonly walk: YamlWalk;
  private nodes = 0;

  constructor(document: Document) {
    this.root = document.contents as Node | null;
    this.walk = this.root ? walkYaml(this.root) : { parents: new Map(), targets: new Map() };
  }

  /** Throws CannotCut for what is too large to be written out. */
  at(path: KeyPath): string {
    return this.below(this.root, path).join('\n');
  }

  private below(node: unknown, path: KeyPath): string[] {
    const [name, ...rest] = path;
    if (isAlias(node)) return this.below(this.walk.targets.get(node), path);
    if (name === undefined) return [this.text(node, new Set())];
    if (isSeq(node)) return this.below(node.items.at(Number(name)), rest);
    if (!isMap(node)) return [];
    const own = node.items.filter(({ key }) => keyMatches(keyValue(key), name));
    if (own.length > 0) return own.flatMap(({ value }) => this.below(value, rest));
    return mergeEntries(node).flatMap(({ value }) => {
      const sources = isSeq(value) ? value.items : [value];
      return sources.flatMap((source) => this.below(source, path));
    });
  }

  private text(node: unknown, open: ReadonlySet<Node>): string {
    if (++this.nodes > maxNodes) throw new CannotCut('its aliases make it very large');
    if (!isNode(node)) return '';
    if (open.has(node)) throw new CannotCut('an alias stands inside its own anchor');
    if (isAlias(node)) return this.text(this.walk.targets.get(node), new Set([...open, node]));
    const tag = `${node.tag ?? ''} `;
    if (isScalar(node)) {
      const isPlain = node.type === 'PLAIN' || node.type === undefined;
      return tag + (isPlain ? '=' : '"') + JSON.stringify(node.value);
    }
    const inside = new Set([...open, node]);
    if (isSeq(node)) return `${tag}[${node.items.map((item) => this.text(item, inside)).join()}]`;
    if (!isMap(node)) return '';
    const entries = node.items.map(
      ({ key, value }) => `${this.text(key, inside)}:${this.text(value, inside)}`,
    );
    return `${tag}{${entries.join()}}`;
  }
}
