import { chmodSync, existsSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { type Edit, write } from './edit.ts';

/*
 * Edits of what DVC itself writes: dvc.lock and the cache.
 */

function objects(root: string): string[] {
  const folder = join(root, '.dvc/cache/files/md5');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((part) =>
    readdirSync(join(folder, part)).map((name) => join(folder, part, name)),
  );
}

const removeObject: Edit = (dice, root) => {
  unlinkSync(dice.pick(objects(root)));
  return 'delete an object of the cache';
};

const unprotectObject: Edit = (dice, root) => {
  const path = dice.pick(objects(root));
  chmodSync(path, 0o644);
  if (dice.chance(0.5)) write(path, dice.pick(['broken', '[]', '{}']));
  return 'unprotect an object of the cache';
};

interface LockEntry {
  deps?: Record<string, unknown>[];
  outs?: Record<string, unknown>[];
  params?: unknown;
}

const changeLock: Edit = (dice, root) => {
  const path = join(root, 'dvc.lock');
  const { schema, stages } = load(readFileSync(path, 'utf8')) as {
    schema: string;
    stages: Record<string, LockEntry>;
  };
  const name = dice.pick(Object.keys(stages));
  const { deps = [], outs = [], ...rest } = stages[name] ?? {};
  const changes: Readonly<Record<string, LockEntry | undefined>> = {
    'no entry': undefined,
    'no deps': { ...rest, outs },
    'no outs': { ...rest, deps },
    'no params': { ...rest, deps, outs, params: {} },
    'no hash kind': { ...rest, outs, deps: deps.map(({ hash: _, ...dep }) => dep) },
    'other md5': { ...rest, deps, outs: outs.map((out) => ({ ...out, md5: 'a'.repeat(32) })) },
  };
  const words = dice.pick(Object.keys(changes));
  const { [name]: _, ...others } = stages;
  const entry = changes[words];
  write(path, dump({ schema, stages: entry ? { ...others, [name]: entry } : others }));
  return `dvc.lock ${name}: ${words}`;
};

const removeLock: Edit = (_, root) => {
  unlinkSync(join(root, 'dvc.lock'));
  return 'delete dvc.lock';
};

export const recordEdits: readonly Edit[] = [
  removeObject,
  unprotectObject,
  changeLock,
  changeLock,
  removeLock,
];
