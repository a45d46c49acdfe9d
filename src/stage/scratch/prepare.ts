import { readdirSync, statSync } from 'node:fs';
import { cp, lstat, mkdir, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, resolve } from 'node:path';
import type { PlacedFile } from '../../container/files/placement.ts';
import type { Out, Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { guardedHome } from '../../outside/guarded-home.ts';
import { realPlace } from '../../outside/private-places.ts';
import { requireWritable } from '../../outside/require-writable.ts';
import { workRoot } from '../../outside/stage-place.ts';
import { whyClosed, whyNotGiven } from '../../outside/what-is-given.ts';
import { privatePaths } from '../../project/private-paths.ts';
import { contains } from '../../system/contains.ts';
import { giveTree } from '../../system/give-tree.ts';
import { restoreBefore } from '../../workspace/placing-journal.ts';
import { declaredParams } from '../params-copy/declared-params.ts';
import { depMounts } from './dep-mounts.ts';
import { makeMountPoint } from './mount-point.ts';
import type { Scratch, ScratchOwner } from './scratch.ts';
import { oddNameIn } from './utf8-names.ts';

/**
 * Fills `folder` (new, on the workspace's file system) with what the stage may see, owned by the
 * user that the stage runs as. Throws 'configuration' when a declared dep does not exist or cannot
 * be given to a container, and for an out outside the project or in a place of the user's own.
 */
export async function prepareScratch(
  owner: ScratchOwner,
  stage: Stage,
  folder: string,
): Promise<Scratch> {
  const { root, user } = owner;
  for (const out of stage.outs) {
    requireInside(stage, out);
    requireWritable(root, stage, out);
  }
  const { mounts: deps, leftOut } = await depMounts(owner, stage, join(dirname(folder), 'deps'));
  await mkdir(folder, { recursive: true });
  const brought = new Set<string>();
  const notes = notesOf(stage, leftOut);
  const outs = stage.outs.map((out) => out.path);

  await mkdir(join(folder, stage.wdir), { recursive: true });
  for (const path of outs) await mkdir(join(folder, dirname(path)), { recursive: true });
  for (const out of stage.outs.filter((candidate) => candidate.persist)) {
    await bringPersisted(owner, folder, stage, out);
  }
  for (const { kind, file } of deps) {
    if (!contains(workRoot, file.target)) continue; // it needs no mount point in the folder
    const path = posix.relative(workRoot, file.target);
    await makeMountPoint(join(folder, path), kind);
    brought.add(path);
  }
  const apart: PlacedFile[] = [];
  for (const params of stage.params) {
    if (deps.some((dep) => contains(dep.path, params.path))) continue;
    await requireGiven(owner, stage, params.path);
    const target = posix.resolve(workRoot, params.path);
    const isInside = contains(workRoot, target);
    const path = isInside
      ? join(folder, posix.relative(workRoot, target))
      : join(dirname(folder), 'params', String(apart.length), basename(target));
    await mkdir(dirname(path), { recursive: true });
    const { content, note } = await declaredParams(root, params, stage.name);
    await writeFile(path, content);
    if (note !== undefined) notes.push(note);
    if (isInside) brought.add(posix.relative(workRoot, target));
    else apart.push({ source: path, target, kind: 'file', readOnly: true });
  }
  await giveTree(folder, user); // the stage, which runs as the owner, has to write here
  const work = { source: folder, target: workRoot, kind: 'directory', readOnly: false } as const;
  return { folder, files: [work, ...deps.map((dep) => dep.file), ...apart], brought, notes };
}

/** The project's own, which no stage expects, is not worth a word. */
function notesOf(stage: Stage, leftOut: readonly string[]): string[] {
  const nested = leftOut.filter((path) => !privatePaths.includes(path));
  if (nested.length === 0) return [];
  const more = nested.length - 5;
  const names = `${nested.slice(0, 5).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [`${stage.name} is not given ${names}: what it reads of that, name under deps`];
}

async function bringPersisted(
  { root, user }: ScratchOwner,
  folder: string,
  stage: Stage,
  out: Out,
): Promise<void> {
  const top = await realpath(root);
  // Where somebody's own DVC calls, nobody has looked before at what a killed stage left.
  const place = realPlace(join(root, out.path));
  if (!(await lstat(place).catch(() => undefined))) await restoreBefore(place);
  const source = join(root, out.path);
  if (!(await lstat(source).catch(() => undefined))) return;
  const within = await realpath(source);
  const leadingOut: string[] = [];
  const judged = async (part: string) => {
    const path = relative(root, part);
    requireUtf8(stage, part, path);
    requireWritable(root, stage, { path, persist: true });
    const why = whyClosed(user, top, await realpath(part));
    if (why !== undefined) throw notGiven(stage, `has the out ${path}, which is ${why}`);
  };
  await cp(source, join(folder, out.path), {
    recursive: true,
    // What the stage wrote is what it finds: links within the out stay links.
    verbatimSymlinks: true,
    filter: async (part) => {
      await judged(part);
      if (!(await lstat(part)).isSymbolicLink() || contains(within, await realpath(part)))
        return true;
      leadingOut.push(part);
      return false;
    },
  });
  // To DVC's cache, mostly, which no stage may write to: it gets a copy.
  for (const part of leadingOut) {
    await cp(part, join(folder, out.path, relative(source, part)), {
      ...{ recursive: true, dereference: true },
      filter: async (each) => {
        await judged(each);
        return true;
      },
    });
  }
}

/** Before a name that cannot be followed is. */
function requireUtf8(stage: Stage, part: string, path: string): void {
  if (!statSync(part, { throwIfNoEntry: false })?.isDirectory()) return;
  const odd = oddNameIn(part, readdirSync(part));
  if (odd === undefined) return;
  throw notGiven(
    stage,
    `has the out ${path}, where the name ${odd} is not UTF-8`,
    'Rename or remove it.',
  );
}

/** A params file is copied by us, so that no mount shows its rights to the stage. */
async function requireGiven({ root, user }: ScratchOwner, stage: Stage, path: string) {
  const real = await realpath(resolve(root, path)).catch(() => undefined);
  if (real === undefined) return; // told by who reads it
  const top = await realpath(root);
  const why =
    whyNotGiven({ root: top, home: guardedHome() }, path, real) ?? whyClosed(user, top, real);
  if (why !== undefined) throw notGiven(stage, `has params in ${path}, which is ${why}`);
}

const ownFile =
  'Let it name a file of the project itself, without a link to what is not for stages.';

function notGiven(stage: Stage, what: string, hint = ownFile): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name} ${what}`,
    hint,
    place: { file: stage.file, line: stage.line },
  });
}

function requireInside(stage: Stage, out: Out): void {
  const isRemote = /^[a-z][a-z0-9+.-]*:\/\//i.test(out.path);
  if (!isRemote && !isAbsolute(out.path) && contains('', out.path)) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name} has the out ${out.path}, which lies outside the project`,
    hint: 'A stage container can only write below the folder of the project: name a path there.',
    place: { file: stage.file, line: stage.line },
  });
}
