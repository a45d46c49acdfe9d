import type { SyntaxNode } from '@lezer/common';
import { NotUnderstood } from '../../text/not-understood.ts';
import { Opaque, type Value } from '../value.ts';

/** Thrown where Python's ast.literal_eval raises ValueError: the expression is not a literal. */
export class NotLiteral extends Error {}

/** The value of a literal expression, as ast.literal_eval gives it. Throws NotLiteral. */
export function literalValue(node: SyntaxNode, source: string): Value {
  const text = source.slice(node.from, node.to);
  switch (node.name) {
    case 'Number':
      return numberValue(text);
    case 'Boolean':
      return text === 'True';
    case 'None':
      return null;
    case 'Ellipsis':
      return new Opaque('an ellipsis', text);
    case 'String':
      return stringValue(text);
    case 'ContinuedString': {
      const parts = children(node).map((part) => literalValue(part, source));
      if (parts.every((part) => typeof part === 'string')) return parts.join('');
      return new Opaque('bytes', text);
    }
    case 'ParenthesizedExpression':
      return literalValue(operand(node), source);
    case 'UnaryExpression':
      return signed(node, source);
    case 'BinaryExpression':
      return complexValue(node, source);
    case 'ArrayExpression':
      return elements(node, source);
    case 'TupleExpression':
      return new Opaque('a tuple', text, elements(node, source));
    case 'SetExpression':
      elements(node, source);
      return new Opaque('a set', text);
    case 'DictionaryExpression':
      return mapValue(node, source);
    case 'CallExpression':
      if (/^set\s*\(\s*\)$/.test(text)) return new Opaque('a set', text);
      throw new NotLiteral();
    default:
      throw new NotLiteral();
  }
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Comment') found.push(child);
  }
  return found;
}

/** The one expression between brackets or after a sign. */
function operand(node: SyntaxNode): SyntaxNode {
  const inner = children(node).filter(({ name }) => !/^[()]$|^ArithOp$|^BitOp$|^not$/.test(name));
  const [only] = inner;
  if (inner.length !== 1 || only === undefined) throw new NotLiteral();
  return only;
}

function elements(node: SyntaxNode, source: string): Value[] {
  return children(node)
    .filter(({ name }) => !'[](){},'.includes(name))
    .map((item) => literalValue(item, source));
}

function mapValue(node: SyntaxNode, source: string): Value {
  const map = new Map<Value, Value>();
  const parts = children(node).filter(({ name }) => !'{},'.includes(name));
  for (let at = 0; at < parts.length; at += 3) {
    const [key, colon, value] = parts.slice(at, at + 3);
    if (!key || colon?.name !== ':' || !value) throw new NotLiteral();
    const name = literalValue(key, source);
    if (typeof name === 'object' && name !== null) {
      throw new NotUnderstood('a Python dict whose key is not a simple value');
    }
    map.set(name, literalValue(value, source));
  }
  return map;
}

function signed(node: SyntaxNode, source: string): Value {
  const sign = source[node.from];
  const value = literalValue(operand(node), source);
  if (sign !== '-' && sign !== '+') throw new NotLiteral();
  if (value instanceof Opaque && value.what === 'a complex number') return value;
  if (typeof value !== 'bigint' && typeof value !== 'number') throw new NotLiteral();
  return sign === '-' ? -value : value;
}

/** `1 + 2j` is the one sum that counts as a literal. */
function complexValue(node: SyntaxNode, source: string): Value {
  const [left, operator, right] = children(node);
  if (!left || !right || operator?.name !== 'ArithOp') throw new NotLiteral();
  const isSum = /^[+-]$/.test(source.slice(operator.from, operator.to));
  const first = literalValue(left, source);
  const second = literalValue(right, source);
  const isComplex = second instanceof Opaque && second.what === 'a complex number';
  const isReal = typeof first === 'bigint' || typeof first === 'number';
  if (!isSum || !isComplex || !isReal) throw new NotLiteral();
  return new Opaque('a complex number', source.slice(node.from, node.to));
}

function numberValue(text: string): Value {
  const digits = text.replaceAll('_', '');
  if (/j$/i.test(digits)) return new Opaque('a complex number', text);
  if (/^0[xob]/i.test(digits) || /^\d+$/.test(digits)) return BigInt(digits.toLowerCase());
  return Number(digits);
}

const stringPattern = /^([a-zA-Z]*)('''|"""|'|")(.*)\2$/s;

function stringValue(text: string): Value {
  const [, prefix = '', , body = ''] = stringPattern.exec(text) ?? [];
  const letters = prefix.toLowerCase();
  if (letters.includes('b')) return new Opaque('bytes', text);
  if (/[ft]/.test(letters)) throw new NotLiteral();
  return letters.includes('r') ? body : withoutEscapes(body);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Python keeps the backslash of an escape that it does not know. */
function withoutEscapes(body: string): string {
  return body.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([\s\S]))/g,
    (whole, octal, hex, short, long, simple) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const digits = hex ?? short ?? long;
      if (digits !== undefined) return String.fromCodePoint(Number.parseInt(digits, 16));
      if (simple === undefined) throw new NotUnderstood('a character by its Unicode name');
      return simpleEscapes[simple] ?? whole;
    },
  );
}
