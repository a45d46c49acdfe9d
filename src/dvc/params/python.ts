import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { NotUnderstood } from '../../text/not-understood.ts';
import type { ValueMap } from '../value.ts';
import { placeAt } from '../yaml/source.ts';
import { children, literalValue, NotLiteral } from './python-literal.ts';

/**
 * The params of a Python file as DVC reads them (dvc/utils/serialize/_py.py): assignments of
 * literals at the top level and in classes, and those to `self` in `__init__`. An assignment whose
 * value is not a literal counts for nothing. Nothing is evaluated. Throws NotUnderstood for a file
 * that does not parse.
 */
export function readPythonParams(file: string, text: string): ValueMap {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const tree = parser.parse(source);
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) {
      const place = placeAt({ file, text: source }, cursor.from);
      throw new NotUnderstood(`the Python of ${file}, line ${place.line}`, place);
    }
  } while (cursor.next());
  try {
    return readBody(tree.topNode, source, false);
  } catch (error) {
    if (error instanceof RangeError) throw new NotUnderstood(`the many levels of ${file}`);
    throw error;
  }
}

function readBody(body: SyntaxNode, source: string, onlySelf: boolean): ValueMap {
  const result: ValueMap = new Map();
  const add = (values: ValueMap) => {
    for (const [name, value] of values) result.set(name, value);
  };
  for (const statement of statements(body)) {
    const name = statement.getChild('VariableName');
    const inner = statement.getChild('Body');
    if (statement.name === 'AssignStatement') add(readAssignment(statement, source, onlySelf));
    if (!name || !inner) continue;
    const word = source.slice(name.from, name.to);
    if (statement.name === 'ClassDefinition') result.set(word, readBody(inner, source, false));
    else if (isConstructor(statement, word)) add(readBody(inner, source, true));
  }
  return result;
}

function isConstructor(statement: SyntaxNode, name: string): boolean {
  return (
    statement.name === 'FunctionDefinition' && name === '__init__' && !statement.getChild('async')
  );
}

/** The statements of a body, those on one line (`a = 1; b = 2`) and decorated ones unwrapped. */
function* statements(body: SyntaxNode): Generator<SyntaxNode> {
  for (const node of children(body)) {
    if (node.name === 'StatementGroup' || node.name === 'DecoratedStatement') {
      yield* statements(node);
    } else yield node;
  }
}

function readAssignment(statement: SyntaxNode, source: string, onlySelf: boolean): ValueMap {
  const [target, ...rest] = children(statement).filter(({ name }) => name !== 'TypeDef');
  const [operator, value] = rest;
  // Several targets, a tuple of targets or of values, or an annotation alone.
  const isSimple = rest.length === 2 && operator?.name === 'AssignOp';
  const name = target && targetName(target, source, onlySelf);
  if (name === undefined || !target) return new Map();
  if (!isSimple || !value) {
    if (operator?.name === 'AssignOp' && rest.some((node) => node.name === ',')) {
      throw new NotUnderstood(`a tuple without brackets, as the value of ${name}`);
    }
    return new Map();
  }
  try {
    return new Map([[name, literalValue(value, source)]]);
  } catch (error) {
    if (error instanceof NotLiteral) return new Map();
    throw error;
  }
}

/** The name that an assignment to `target` gives a param: a variable's, or that of `self.name`. */
export function targetName(
  target: SyntaxNode,
  source: string,
  onlySelf: boolean,
): string | undefined {
  const text = source.slice(target.from, target.to);
  if (target.name === 'VariableName') return onlySelf ? undefined : text;
  if (target.name !== 'MemberExpression') return undefined;
  return /^self\s*\.\s*(\w+)$/u.exec(text)?.[1];
}
