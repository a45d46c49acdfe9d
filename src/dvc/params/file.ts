import { extname } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { isMap, type Value, type ValueMap } from '../value.ts';
import { nodeValue } from '../yaml/node.ts';
import { failureAt, parseSource, readText } from '../yaml/source.ts';
import { parseJsonValue } from './json-value.ts';
import { readPythonValues } from './python-values.ts';
import { readTomlValues } from './toml.ts';

/**
 * The values of a params or vars file of the project, by its extension as DVC chooses
 * (dvc/utils/serialize): `.json`, `.toml`, `.py`, anything else YAML. Throws 'configuration', with
 * the place, for a file that is absent or cannot be parsed, NotUnderstood for one whose content
 * only DVC can judge.
 */
export function readValues(root: string, file: string): ValueMap {
  const text = readText(root, file, 'Create it, or correct the name.');
  const value = parseValues(file, text);
  if (!isMap(value)) {
    throw failureAt(
      { file, text },
      0,
      `${file} is not a mapping`,
      'Write names with values in it.',
    );
  }
  return value;
}

/** As `readValues`, for a text that need not be a mapping. */
export function parseValues(file: string, text: string): Value {
  return orEmpty(parseText(file, text));
}

/** As `parseValues`; what Python calls false stays what it is. An empty YAML file is null. */
export function parseText(file: string, text: string): Value {
  switch (extname(file).toLowerCase()) {
    case '.json':
      return parseJsonValue(file, text);
    case '.toml':
      return readTomlValues(file, text);
    case '.py':
      return readPythonValues(file, text);
    default: {
      const { tree } = parseSource(file, text);
      return tree === undefined ? null : nodeValue(tree);
    }
  }
}

/** DVC takes what Python calls false (null, 0, "", []) for an empty mapping. */
function orEmpty(value: Value): Value {
  const isFalse =
    value === null ||
    value === false ||
    value === '' ||
    value === 0n ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0);
  return isFalse ? new Map() : value;
}

/**
 * The value of a dotted params key as DVC looks it up (dpath.get): indices count in lists, no key
 * holds a dot. Undefined when there is none. Throws NotUnderstood for a glob and for keys that
 * dpath treats specially.
 */
export function lookUpKey(values: ValueMap, key: string): Value | undefined {
  if (/[*?[\]]/.test(key)) throw new NotUnderstood(`the pattern ${key} as a params key`);
  let current: Value = values;
  for (const word of key.replace(/^\.+/, '').split('.')) {
    const next = child(current, word);
    if (next === undefined) return undefined;
    current = next;
  }
  return current;
}

function child(value: Value, word: string): Value | undefined {
  if (isMap(value)) {
    const found = value.get(word);
    const others = [...value.keys()].filter((key) => typeof key !== 'string');
    if (others.length === 0) return found;
    throw new NotUnderstood('a params key beside keys that are not text');
  }
  if (!Array.isArray(value)) return undefined;
  return /^-?\d+$/.test(word) ? value.at(Number(word)) : undefined;
}
