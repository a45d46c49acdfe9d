/** A plugin of Stryker's: leaves alone the words that people read, which decide nothing. */

/** What is read here of a place in Babel's tree. */
interface Place {
  readonly node: Node;
  readonly parent?: Node | null;
}

interface Node {
  readonly type: string;
  readonly key?: Node & { readonly name?: string };
  readonly value?: unknown;
  readonly expressions?: readonly Node[];
}

const plain = new Set(['Identifier', 'MemberExpression', 'CallExpression']);

/** A cause or hint of a failure that is one text, into which at most values are put. */
function shouldIgnore({ node, parent }: Place): string | undefined {
  const isText = node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
  if (!isText || parent?.type !== 'ObjectProperty' || parent.value !== node) return undefined;
  const decides = (node.expressions ?? []).some(({ type }) => !plain.has(type));
  const isWords = parent.key?.name === 'cause' || parent.key?.name === 'hint';
  return isWords && !decides ? 'words for people' : undefined;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'words', value: { shouldIgnore } }];
