import { isUtf8 } from 'node:buffer';
import { extname, resolve } from 'node:path';
import { parseValues } from '../../dvc/params/file.ts';
import { preparePython } from '../../dvc/params/python-values.ts';
import type { ParamsDep } from '../../dvc/pipeline.ts';
import type { Value } from '../../dvc/value.ts';
import { ExpectedFailure } from '../../errors.ts';
import { readWhole, whyUnreadable } from '../../system/read-whole.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { CannotCut } from './cannot-cut.ts';
import { identical } from './identical.ts';
import { cutJson } from './json-copy.ts';
import { type KeyPath, keyPath, valuesAt } from './key-path.ts';
import { cutYaml } from './yaml-copy.ts';

/** What a stage is given of a params file. */
export interface ParamsCopy {
  readonly content: string | Buffer;
  /** What there is to be told: that more is given than what is declared, and why. */
  readonly note?: string;
}

/**
 * The text of a params file without the keys that are not declared, so that a stage which reads one
 * of these fails instead of depending on it in secret. What remains is the file's own text, never
 * values printed again: whichever program reads a declared key gets what the file itself gives it.
 * Where there is any doubt about that, the file is given whole, as is one declared without keys.
 * Throws 'configuration' for a file that cannot be read.
 */
export async function declaredParams(
  root: string,
  { path, keys }: ParamsDep,
  stage: string,
): Promise<ParamsCopy> {
  const bytes = readBytes(root, path);
  if (keys.length === 0) return { content: bytes };
  try {
    if (!isUtf8(bytes)) throw new CannotCut('it is not UTF-8 text');
    return await cutParams(path, bytes.toString('utf8'), keys, stage);
  } catch (error) {
    return { content: bytes, note: `${path} is given whole to ${stage}: ${reasonOf(error)}` };
  }
}

async function cutParams(
  path: string,
  text: string,
  keys: readonly string[],
  stage: string,
): Promise<ParamsCopy> {
  const paths = keys.map(keyPath);
  const pattern = paths.findIndex(({ length }) => length === 0);
  if (pattern !== -1) throw new CannotCut(`the key '${keys[pattern]}' may mean any name`);
  switch (extname(path).toLowerCase()) {
    case '.json':
      return { content: checked(path, text, cutJson(path, text, paths), paths) };
    case '.toml': {
      parseValues(path, text); // refuses many levels, which would end the other parser
      // In the same bundle file, as below, but run only now: few projects need it.
      const { cutToml } = await import('./toml-copy.ts');
      return { content: checked(path, text, cutToml(text, paths), paths) };
    }
    case '.py': {
      await preparePython();
      const { cutPython } = await import('./python-copy.ts');
      const { copy, kept } = cutPython(text, paths);
      const content = checked(path, text, copy, paths);
      if (kept.length === 0) return { content };
      const names = kept.join(', ');
      return {
        content,
        note: `${path} is given to ${stage} with what it does not declare (${names}): the rest of the file may need it`,
      };
    }
    default:
      return { content: checked(path, text, cutYaml(text, paths), paths, true) };
  }
}

/**
 * The copy, if the reader that decides what is stale finds the same in it. `mayBeUnread`: that it
 * leaves both texts to DVC is no reason for a doubt.
 */
function checked(
  path: string,
  text: string,
  copy: string,
  paths: readonly KeyPath[],
  mayBeUnread = false,
): string {
  const [before, after] = [text, copy].map((each): Value | undefined => {
    try {
      return parseValues(path, each);
    } catch (error) {
      if (mayBeUnread && error instanceof NotUnderstood) return undefined;
      throw error;
    }
  });
  if (before === undefined) return copy;
  const isSame = (wanted: KeyPath) =>
    after !== undefined && identical(valuesAt(before, wanted), valuesAt(after, wanted));
  if (paths.every(isSame)) return copy;
  throw new CannotCut('a part of it would mean something else without the rest');
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotCut) return error.reason;
  if (error instanceof ExpectedFailure) return error.failure.cause;
  if (error instanceof NotUnderstood) return `it holds ${error.construct}`;
  // The stack's end, in one of the parsers.
  if (error instanceof RangeError) return 'it has very many levels';
  // A fault of a parser is no reason to stop a stage that DVC runs.
  return `it could not be taken apart (${(error as Error).message})`;
}

function readBytes(root: string, path: string): Buffer {
  try {
    return readWhole(resolve(root, path));
  } catch (error) {
    const cause = `the params file ${path} ${whyUnreadable(error)}`;
    const hint = 'Create it, or correct the name under params in dvc.yaml.';
    throw new ExpectedFailure({ kind: 'configuration', cause, hint }, { cause: error });
  }
}
