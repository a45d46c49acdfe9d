import { posix } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';

/** What DVC takes a target for: a file, a name in one, or a name in the dvc.yaml of the folder. */
export interface TargetText {
  /** As written; undefined where the target may be a stage as well as an out. */
  readonly file?: string;
  readonly name?: string;
}

/**
 * Splits a target as DVC does (dvc/utils/__init__.py, parse_target): `train`, `train@key`,
 * `sub/dvc.yaml`, `sub/dvc.yaml:train`, `data.dvc`, and with `glob` also `sub/dvc.yaml:train-*`.
 * Throws 'usage' for a dvc.lock.
 */
export function parseTarget(text: string, glob = false): TargetText {
  if (glob) {
    const at = text.lastIndexOf(':');
    const name = text.slice(at + 1);
    return { file: text.slice(0, Math.max(0, at)) || 'dvc.yaml', ...(name !== '' && { name }) };
  }
  // The key of a foreach may have colons of its own.
  const [group = '', ...keys] = text.split('@');
  const key = keys.join('@');
  const [, path = '', name = ''] = /^(.*?)(?::([^\\/:]*))??$/s.exec(group) ?? [];
  if (posix.basename(path) === 'dvc.lock') {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `${text} is no target: dvc.lock holds what DVC found`,
      hint: `Did you mean ${text.replace('.lock', '.yaml')}?`,
    });
  }
  if (name === '') return isDvcFile(text) ? { file: text } : { name: text };
  return { file: path || 'dvc.yaml', name: key === '' ? name : `${name}@${key}` };
}

/** Whether a path is that of a dvc.yaml or of a `.dvc` file, by its name. */
export function isDvcFile(path: string): boolean {
  return path.endsWith('.dvc') || posix.basename(path) === 'dvc.yaml';
}
