import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dataFiles, type Edit, outFiles, touch, write } from './edit.ts';

const change: Edit = (dice, root) => {
  const path = dice.pick(dataFiles(root));
  write(join(root, path), `changed ${dice.int(0, 99)}\n`);
  return `write ${path}`;
};

const remove: Edit = (dice, root) => {
  const path = dice.pick(dataFiles(root));
  unlinkSync(join(root, path));
  return `delete ${path}`;
};

const touchOne: Edit = (dice, root) => {
  const path = dice.pick(dataFiles(root));
  touch(join(root, path));
  return `touch ${path}`;
};

const rename: Edit = (dice, root) => {
  const path = dice.pick(dataFiles(root));
  const to = join(dirname(path), dice.pick(['renamed', 'x.tmp', 'zé']));
  renameSync(join(root, path), join(root, to));
  return `rename ${path} to ${to}`;
};

const newPaths = [
  ...['data/new.csv', 'data/n.tmp', 'data/nested/x', 'src/new.py', 'raw/in/😀', 'data/.hidden'],
  ...['data/.git', 'data/empty2', 'data/sub/.dvc/config'],
];

const add: Edit = (dice, root) => {
  const path = dice.pick(newPaths);
  write(join(root, path), dice.chance(0.2) ? '' : 'new\n');
  return `add ${path}`;
};

const addFolder: Edit = (_, root) => {
  mkdirSync(join(root, 'data/empty folder'), { recursive: true });
  return 'add an empty folder';
};

const changeOut: Edit = (dice, root) => {
  const path = dice.pick(outFiles(root));
  rmSync(join(root, path), { force: true });
  write(join(root, path), `other ${dice.int(0, 99)}\n`);
  return `write out ${path}`;
};

const removeOut: Edit = (dice, root) => {
  const path = dice.pick(outFiles(root));
  const target = dice.chance(0.5) && path.includes('/') ? dirname(path) : path;
  rmSync(join(root, target), { recursive: true, force: true });
  return `delete out ${target}`;
};

const otherType: Edit = (dice, root) => {
  const path = dice.pick(dataFiles(root));
  const full = join(root, path);
  if (!statSync(full).isFile()) return undefined;
  const text = readFileSync(full, 'utf8');
  rmSync(full);
  if (dice.chance(0.3)) {
    write(join(full, 'inside'), text);
    return `turn ${path} into a folder`;
  }
  const target = join(root, 'elsewhere', basename(path));
  write(target, text);
  if (dice.chance(0.15)) rmSync(target);
  symlinkSync(target, full);
  return `turn ${path} into a link`;
};

const makeExecutable: Edit = (dice, root) => {
  const path = dice.pick(dataFiles(root));
  chmodSync(join(root, path), 0o755);
  return `make ${path} executable`;
};

const swap: Edit = (dice, root) => {
  const first = dice.pick(dataFiles(root));
  const second = dice.pick(dataFiles(root));
  if (first === second) return undefined;
  renameSync(join(root, first), join(root, 'swap'));
  renameSync(join(root, second), join(root, first));
  renameSync(join(root, 'swap'), join(root, second));
  return `swap ${first} and ${second}`;
};

const linkFolder: Edit = (dice, root) => {
  const folder = dice.pick(['data', 'src', 'raw/in']);
  if (!existsSync(join(root, folder))) return undefined;
  symlinkSync(join(root, folder), join(root, folder, 'link to folder'));
  return `link a folder in ${folder}`;
};

export const dataEdits: readonly Edit[] = [
  ...[change, change, remove, touchOne, rename, add, add, addFolder, changeOut, removeOut],
  ...[otherType, makeExecutable, swap, linkFolder],
];
