import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { targetName } from '../../dvc/params/python.ts';
import { children, literalValue, NotLiteral } from '../../dvc/params/python-literal.ts';
import { CannotCut } from './cannot-cut.ts';
import { commentAbove, lineEnd, lineStart, type Range, withoutRanges } from './cut-text.ts';
import { type KeyPath, relation } from './key-path.ts';

/** A Python file's text for a stage, and the names of undeclared literals that remain in it. */
export interface PythonCopy {
  readonly copy: string;
  readonly kept: readonly string[];
}

/** With these, code reads names that it does not write. */
const reflection =
  /\b(?:globals|locals|vars|dir|eval|exec|compile|getattr|hasattr|__dict__|__getattr__|__annotations__|modules|inspect|import_module)\b/;

/**
 * A Python text without those assignments of literals that no path needs and that nothing else in
 * the file may refer to: by name, in a text, or by looking at itself. All other code stays. Throws
 * CannotCut.
 */
export function cutPython(text: string, paths: readonly KeyPath[]): PythonCopy {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const source = text.slice(mark.length).replaceAll('\r\n', '\n');
  const hasCrlf = text.includes('\r\n');
  if (source.includes('\r') || (hasCrlf && /(?<!\r)\n/.test(text))) {
    throw new CannotCut('its lines end in different ways');
  }
  const tree = parser.parse(source);
  const blanks: Range[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) throw new CannotCut('it may not be valid Python');
      const isRemark = node.name === 'Comment' || isDocText(node.node);
      if (isRemark) blanks.push([node.from, node.to]);
    },
  });
  const found = literals(tree.topNode, source, [], { isPlain: true, onlySelf: false });
  const undeclared = found.filter(({ path }) =>
    paths.every((wanted) => relation(path, wanted) === 'apart'),
  );
  const candidates = undeclared.filter(({ isAlone }) => isAlone);
  // That another name is given a value is no use of this one.
  const targets = found
    .filter(({ isAlone }) => isAlone)
    .map(({ target }): Range => [target.from, target.to]);
  const rest = withoutRanges(source, [...blanks, ...targets]);
  const canCut = !reflection.test(rest);
  const words = new Set(rest.match(/[\p{L}\p{N}_]+/gu));
  const dropped = new Set(
    canCut ? candidates.filter(({ path }) => !words.has(path.at(-1) ?? '')) : [],
  );
  const ranges = dropRanges([...dropped], source);
  const copy = mark + withoutRanges(source, ranges).replaceAll('\n', hasCrlf ? '\r\n' : '\n');
  const kept = undeclared.filter((literal) => !dropped.has(literal));
  return { copy, kept: [...new Set(kept.map(({ path }) => path.join('.')))] };
}

/** A text that is a statement of its own, such as a docstring. */
function isDocText({ name, parent }: SyntaxNode): boolean {
  return name === 'String' && parent?.name === 'ExpressionStatement';
}

/** An assignment of a literal that DVC may take for a param. */
interface Literal {
  readonly path: KeyPath;
  readonly target: SyntaxNode;
  readonly statement: SyntaxNode;
  readonly body: SyntaxNode;
  /** Whether it has its lines for itself and stands where nothing but its name can reach it. */
  readonly isAlone: boolean;
}

interface Place {
  /** Not in a class that others make something of: a base class, a decorator. */
  readonly isPlain: boolean;
  /** In `__init__`. */
  readonly onlySelf: boolean;
}

function literals(body: SyntaxNode, source: string, above: KeyPath, place: Place): Literal[] {
  return children(body).flatMap((node): Literal[] => {
    const isDecorated = node.name === 'DecoratedStatement';
    if (isDecorated || node.name === 'StatementGroup') {
      return literals(node, source, above, { ...place, isPlain: false });
    }
    const name = node.getChild('VariableName');
    const inner = node.getChild('Body');
    if (node.name === 'AssignStatement') return literal(node, body, source, above, place);
    if (!name || !inner) return [];
    const word = source.slice(name.from, name.to);
    if (node.name === 'ClassDefinition') {
      const bases = node.getChild('ArgList');
      const hasBases = bases && !/^\(\s*(?:object)?\s*\)$/.test(source.slice(bases.from, bases.to));
      const isPlain = place.isPlain && !hasBases;
      return literals(inner, source, [...above, word], { isPlain, onlySelf: false });
    }
    if (node.name !== 'FunctionDefinition' || word !== '__init__') return [];
    return literals(inner, source, above, { ...place, onlySelf: true });
  });
}

function literal(
  statement: SyntaxNode,
  body: SyntaxNode,
  source: string,
  above: KeyPath,
  { isPlain, onlySelf }: Place,
): Literal[] {
  const [target, operator, value, ...more] = children(statement).filter(
    (node) => node.name !== 'TypeDef',
  );
  const name = target && targetName(target, source, onlySelf);
  if (!target || name === undefined || operator?.name !== 'AssignOp' || !value) return [];
  if (more.length > 0) return [];
  try {
    literalValue(value, source);
  } catch (error) {
    if (error instanceof NotLiteral) return [];
    throw error;
  }
  const before = source.slice(lineStart(source, statement.from), statement.from);
  const after = source.slice(statement.to, lineEnd(source, statement.to));
  const isAlone =
    isPlain &&
    /^[ \t]*$/.test(before) &&
    /^[ \t]*(?:#.*)?\n?$/.test(after) &&
    /^(?!__)\w+$/.test(name);
  return [{ path: [...above, name], target, statement, body, isAlone }];
}

/**
 * The lines of the literals with the comments above them. A body that would lose all, or in which a
 * text would come first and be a docstring then, gets a `pass`.
 */
function dropRanges(dropped: readonly Literal[], source: string): Range[] {
  return dropped.map(({ statement, body }): Range => {
    const statements = children(body).filter(({ name }) => name !== ':');
    const own = dropped.filter((other) => other.body.from === body.from);
    const isAll = body.name === 'Body' && own.length === statements.length;
    const hasText = statements.some((each) => each.firstChild && isDocText(each.firstChild));
    if (statement.from === statements[0]?.from && (isAll || hasText)) {
      return [statement.from, statement.to, 'pass'];
    }
    const start = lineStart(source, statement.from);
    const head = commentAbove(source, start, statement.from - start, 0);
    return [head, lineEnd(source, statement.to)];
  });
}
