import { NotUnderstood } from '../../text/not-understood.ts';
import type { ParsingOptions } from '../config/dvc-config.ts';
import {
  isList,
  isMap,
  Opaque,
  pythonText,
  typeName,
  type Value,
  type ValueMap,
} from '../value.ts';

/*
 * `${…}` as DVC resolves it: dvc/parsing/interpolate.py and dvc/parsing/context.py.
 */

/** One `${expression}` in a text; `start` and `end` enclose it with its braces. */
interface Template {
  readonly start: number;
  readonly end: number;
  readonly expression: string;
}

/** A reference that cannot be resolved, or a value that cannot stand where it is put. */
export class TemplateFault extends Error {
  readonly reason: string;
  /** The key that is not there, where that is the fault. */
  readonly missingKey: string | undefined;

  constructor(reason: string, missingKey?: string) {
    super(reason);
    this.reason = reason;
    this.missingKey = missingKey;
  }
}

/** What DVC finds with `(?<!\\)\${(.*?)}`, in one pass however many braces are not closed. */
export function findTemplates(text: string): readonly Template[] {
  const found: Template[] = [];
  let [close, newline] = [-1, -1];
  for (let start = text.indexOf('${'); start !== -1; ) {
    const inside = start + 2;
    if (close < inside) close = text.indexOf('}', inside);
    if (close === -1) break;
    if (newline < inside) newline = indexOrEnd(text, '\n', inside);
    const isTemplate = text[start - 1] !== '\\' && close < newline;
    if (isTemplate) found.push({ start, end: close + 1, expression: text.slice(inside, close) });
    start = text.indexOf('${', isTemplate ? close + 1 : inside);
  }
  return found;
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index === -1 ? text.length : index;
}

/** Words joined by `.` or in brackets: `train.layers[0].size`. */
const expressionPattern = /^[^.[\]]+(?:\.[^.[\]]+|\[[^.[\]]+\]\s*)*$/;

/** Throws TemplateFault for an expression that DVC's grammar refuses. */
export function checkExpressions(text: string): void {
  for (const { expression } of findTemplates(text)) {
    if (expressionPattern.test(expression)) continue;
    throw new TemplateFault(`\${${expression}} is not a reference`);
  }
}

/** A text of this length would not fit on a command line. */
const maxLength = 1_000_000;

/** The value that a dotted key names. Throws TemplateFault when there is none. */
export function selectKey(context: ValueMap, expression: string): Value {
  let current: Value = context;
  const words = expression.replaceAll('[', '.').replaceAll(']', '').split('.');
  for (const word of words) {
    const next = child(current, word.trim());
    if (next === undefined) {
      throw new TemplateFault(`\${${expression}} is not defined`, words.join('.'));
    }
    current = next;
  }
  return current;
}

function child(value: Value, word: string): Value | undefined {
  if (isMap(value)) return value.get(word);
  if (!isList(value)) return undefined;
  // Python's int() reads the index: signs and underscores are allowed.
  if (!/^[+-]?\d+(?:_\d+)*$/.test(word)) return undefined;
  return value.at(Number(word.replaceAll('_', '')));
}

/**
 * A text with its references resolved. A text that is one reference and nothing else becomes the
 * value itself. `key` is the stage's key that the text is in, undefined where anything may stand,
 * as in `foreach`. Throws TemplateFault.
 */
export function interpolate(
  text: string,
  context: ValueMap,
  key: string | undefined,
  options: ParsingOptions,
): Value {
  const templates = findTemplates(text);
  const [only] = templates;
  if (only && templates.length === 1 && only.start === 0 && only.end === text.length) {
    const value = selectKey(context, only.expression);
    refuseCollection(value, key);
    if (isMap(value) && key === 'cmd') throw new NotUnderstood('a cmd that is a mapping');
    return value;
  }
  let result = '';
  let end = 0;
  for (const template of templates) {
    const value = selectKey(context, template.expression);
    refuseCollection(value, key);
    result += text.slice(end, template.start) + inText(value, options);
    end = template.end;
    if (result.length > maxLength) throw new NotUnderstood('a text of very many characters');
  }
  return (result + text.slice(end)).replaceAll('\\${', '${');
}

function refuseCollection(value: Value, key: string | undefined): void {
  if (value instanceof Opaque) throw new NotUnderstood(`${value.what} in a template`);
  if (key === undefined || key.includes('foreach') || !(isMap(value) || isList(value))) return;
  if (isMap(value) && key === 'cmd') return;
  throw new TemplateFault(`a ${typeName(value)} cannot stand in ${key}`);
}

function inText(value: Value, options: ParsingOptions): string {
  if (isMap(value)) return commandOptions(value, options);
  // Only foreach and matrix data may hold lists, and there DVC writes Python's own notation.
  if (isList(value)) throw new NotUnderstood('a list inside a text');
  return scalarText(value);
}

/** How DVC writes a scalar into a text: bools as YAML has them, the rest as Python prints it. */
export function scalarText(value: Value): string {
  if (value instanceof Opaque || isMap(value) || isList(value)) {
    throw new NotUnderstood(`a ${typeName(value)} in a text`);
  }
  return typeof value === 'boolean' ? String(value) : pythonText(value);
}

/** A mapping in `cmd` becomes options: `--name value`, nested names joined by dots. */
function commandOptions(map: ValueMap, options: ParsingOptions): string {
  const words: string[] = [];
  for (const [name, value] of flatten(map, '')) {
    if (typeof value === 'boolean') {
      if (value) words.push(`--${name}`);
      else if (options.bool === 'boolean_optional') words.push(`--no-${name}`);
    } else if (isList(value)) {
      value.forEach((item, index) => {
        if (isList(item) || isMap(item)) {
          throw new TemplateFault(`a nested collection in ${name} cannot stand in cmd`);
        }
        const isNamed = index === 0 || options.list === 'append';
        words.push(...(isNamed ? [`--${name}`] : []), commandWord(item));
      });
    } else words.push(`--${name}`, commandWord(value));
  }
  return words.join(' ');
}

function commandWord(value: Value): string {
  if (typeof value === 'string') return shellQuote(value);
  if (value instanceof Opaque) throw new NotUnderstood(`${value.what} in a template`);
  return pythonText(value as null | boolean | bigint | number);
}

/** Python's shlex.quote. */
function shellQuote(text: string): string {
  if (text === '') return "''";
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

function* flatten(map: ValueMap, prefix: string): Generator<[string, Value]> {
  for (const [key, value] of map) {
    const name = prefix + scalarText(key);
    if (isMap(value)) yield* flatten(value, `${name}.`);
    else yield [name, value];
  }
}
