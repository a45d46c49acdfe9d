import {
  cp,
  lstat,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative, sep } from 'node:path';
import type { PlacedFile } from './container/files/placement.ts';
import type { Out, Stage } from './dvc/pipeline.ts';
import { ExpectedFailure } from './errors.ts';
import { declaredParams } from './params-copy.ts';

/** Where the project appears in a stage container. */
export const workRoot = '/work';

/** A stage's private copy of the workspace: what it declares and nothing else. */
export interface Scratch {
  /** Our folder behind `/work`. */
  readonly folder: string;
  /** What the container sees: the folder first, then the deps over it. */
  readonly files: readonly PlacedFile[];
  /** Paths in the folder that we made (mount points, params copies, persisted outs' folders). */
  readonly brought: ReadonlySet<string>;
}

/** An out that was moved into the workspace. */
export interface CollectedOut {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
}

/**
 * Fills `folder` (new, on the workspace's file system) with what the stage may see. Throws
 * 'configuration' when a declared dep does not exist.
 */
export async function prepareScratch(root: string, stage: Stage, folder: string): Promise<Scratch> {
  await mkdir(folder, { recursive: true });
  const brought = new Set<string>();
  const files: PlacedFile[] = [
    { source: folder, target: workRoot, kind: 'directory', readOnly: false },
  ];
  const outs = stage.outs.map((out) => out.path);

  await mkdir(join(folder, stage.wdir), { recursive: true });
  for (const path of outs) await mkdir(join(folder, dirname(path)), { recursive: true });
  for (const out of stage.outs.filter((candidate) => candidate.persist)) {
    await bringPersisted(root, folder, out);
  }
  const deps = withoutNested(stage.deps.filter(isLocalPath));
  for (const dep of deps) {
    for (const part of await mountableParts(root, stage, dep, outs)) {
      const source = await realpath(join(root, part));
      const isDirectory = (await lstat(source)).isDirectory();
      const target = posix.join(workRoot, part);
      files.push({ source, target, kind: isDirectory ? 'directory' : 'file', readOnly: true });
      if (part.startsWith('..') || isAbsolute(part)) continue;
      await makeMountPoint(join(folder, part), isDirectory);
      brought.add(part);
    }
  }
  for (const params of stage.params) {
    if (deps.some((dep) => contains(dep, params.path))) continue;
    await mkdir(join(folder, dirname(params.path)), { recursive: true });
    await writeFile(join(folder, params.path), declaredParams(root, params));
    brought.add(params.path);
  }
  return { folder, files, brought };
}

/** DVC also takes deps such as `s3://…`, which a container cannot be given as files. */
function isLocalPath(dep: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:\/\//i.test(dep);
}

function withoutNested(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && contains(other, path)));
}

/** True when `inner` is `outer` or lies below it; both relative to the same root. */
export function contains(outer: string, inner: string): boolean {
  const rest = relative(outer, inner);
  return rest === '' || (!rest.startsWith(`..${sep}`) && rest !== '..' && !isAbsolute(rest));
}

/**
 * A dep's folder that holds one of the stage's own outs cannot be mounted read-only as a whole:
 * its children are, one by one, except on the way to the out.
 */
async function mountableParts(
  root: string,
  stage: Stage,
  dep: string,
  outs: readonly string[],
): Promise<string[]> {
  const stats = await lstat(join(root, dep)).catch(() => undefined);
  if (!stats) throw missingDep(stage, dep);
  if (outs.includes(dep)) return [];
  if (!outs.some((out) => contains(dep, out))) return [dep];
  const children = await readdir(join(root, dep));
  const parts = await Promise.all(
    children.map((child) => mountableParts(root, stage, join(dep, child), outs)),
  );
  return parts.flat();
}

async function makeMountPoint(path: string, isDirectory: boolean): Promise<void> {
  await mkdir(isDirectory ? path : dirname(path), { recursive: true });
  if (!isDirectory) await writeFile(path, '');
}

async function bringPersisted(root: string, folder: string, out: Out): Promise<void> {
  const source = join(root, out.path);
  if (!(await lstat(source).catch(() => undefined))) return;
  await cp(source, join(folder, out.path), { recursive: true, dereference: true });
}

function missingDep(stage: Stage, dep: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name} depends on ${dep}, which does not exist`,
    hint: 'Create it, run the stage that produces it (sibling run), or fetch it (sibling pull).',
    place: { file: stage.file, line: stage.line },
  });
}

/**
 * Checks what the container left in the scratch folder against the declaration and moves the outs
 * into the workspace by rename. Nothing is moved unless every out is there and nothing else is.
 */
export async function collectOuts(
  root: string,
  stage: Stage,
  scratch: Scratch,
): Promise<CollectedOut[]> {
  const outs = stage.outs.map((out) => out.path);
  const missing: string[] = [];
  for (const out of outs) {
    if (!(await lstat(join(scratch.folder, out)).catch(() => undefined))) missing.push(out);
  }
  if (missing.length > 0) throw missingOuts(stage, missing);

  const collected = new Map(outs.map((path) => [path, { path, bytes: 0, files: 0 }]));
  const undeclared: string[] = [];
  for await (const entry of walk(scratch.folder)) {
    const out = outs.find((path) => contains(path, entry.path));
    if (out === undefined) {
      if (!scratch.brought.has(entry.path)) undeclared.push(entry.path);
      continue;
    }
    await refuseEscapes(stage, scratch.folder, out, entry);
    const sum = collected.get(out);
    if (sum) {
      sum.bytes += entry.size;
      sum.files += 1;
    }
  }
  if (undeclared.length > 0) throw undeclaredWrite(stage, undeclared.sort());
  for (const out of outs) {
    await mkdir(dirname(join(root, out)), { recursive: true });
    await replace(join(scratch.folder, out), join(root, out));
  }
  return [...collected.values()];
}

interface Entry {
  /** Relative to the scratch folder. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'special';
  readonly size: number;
}

/** Everything below `folder` that is not a directory. */
async function* walk(folder: string, below = ''): AsyncGenerator<Entry> {
  for (const child of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = join(below, child.name);
    if (child.isDirectory()) {
      yield* walk(folder, path);
    } else {
      const { size } = await lstat(join(folder, path));
      const kind = child.isFile() ? 'file' : child.isSymbolicLink() ? 'symlink' : 'special';
      yield { path, kind, size };
    }
  }
}

/** An out may hold files and links within itself: a link elsewhere would be dangling or a leak. */
async function refuseEscapes(stage: Stage, folder: string, out: string, entry: Entry) {
  if (entry.kind === 'file') return;
  const target = entry.kind === 'symlink' ? await readlink(join(folder, entry.path)) : undefined;
  if (target !== undefined && !isAbsolute(target)) {
    const resolved = join(dirname(entry.path), target);
    if (contains(out, resolved) && resolved !== entry.path) return;
  }
  throw new ExpectedFailure({
    kind: 'stage',
    cause:
      target === undefined
        ? `stage ${stage.name} left ${entry.path}, which is neither a file, a folder nor a link`
        : `stage ${stage.name} left ${entry.path}, a link to ${target}, which lies outside the out ${out}`,
    hint: 'Write a regular file there instead. Nothing was moved into the workspace.',
    place: { file: stage.file, line: stage.line },
  });
}

async function replace(from: string, to: string): Promise<void> {
  const existing = await lstat(to).catch(() => undefined);
  if (existing?.isDirectory()) await rm(to, { recursive: true });
  await rename(from, to);
}

function missingOuts(stage: Stage, missing: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'stage',
    cause: `stage ${stage.name} ended with success but did not write ${missing.join(', ')}`,
    hint: `Let the stage write ${missing.length === 1 ? 'it' : 'them'} below ${workRoot}, or take ${missing.length === 1 ? 'it' : 'them'} out of the stage's outs.`,
    place: { file: stage.file, line: stage.line },
  });
}

/** How many paths a patch lists before it points at their folders. */
const patchLimit = 20;

function undeclaredWrite(stage: Stage, paths: readonly string[]): ExpectedFailure {
  const listed =
    paths.length <= patchLimit
      ? paths
      : [...new Set(paths.map((path) => (path.includes('/') ? dirname(path) : path)))].slice(
          0,
          patchLimit,
        );
  const relativeToWdir = listed.map((path) => relative(stage.wdir, path));
  return new ExpectedFailure({
    kind: 'stage',
    cause: `stage ${stage.name} wrote ${paths.length === 1 ? paths[0] : `${paths.length} files`} that it does not declare`,
    hint: [
      `If that is a result, add to stage ${stage.name} in ${stage.file}:`,
      '    outs:',
      ...relativeToWdir.map((path) => `    - ${yamlPath(path)}`),
      'Otherwise write it to /tmp. Nothing was moved into the workspace.',
    ].join('\n'),
    place: { file: stage.file, line: stage.line },
  });
}

/** A path as a YAML scalar: plain where that is unambiguous, else quoted. */
export function yamlPath(path: string): string {
  return /^[\w./][\w./ -]*$/.test(path) && !/\s$/.test(path) ? path : JSON.stringify(path);
}
