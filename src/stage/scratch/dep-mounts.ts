import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, resolve } from 'node:path';
import type { PlacedFile } from '../../container/files/placement.ts';
import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { guardedHome } from '../../outside/guarded-home.ts';
import { whyGuarded } from '../../outside/guarded-places.ts';
import { linkHint, placeInStage, sharedPlace, whyNoPlace } from '../../outside/stage-place.ts';
import { whyNotGiven } from '../../outside/what-is-given.ts';
import { contains, PathSet } from '../../system/contains.ts';
import { specialKind } from '../../system/read-whole.ts';
import { makeMountPoint } from './mount-point.ts';
import { partsWithout, privateWithin } from './private-within.ts';
import type { ScratchOwner } from './scratch.ts';
import { hasLinksOut, shadowFolder } from './shadow-folder.ts';

/** A dep, or a part of one, as the stage container gets it: read-only. */
export interface DepMount {
  /** Relative to the project root, or absolute. */
  readonly path: string;
  readonly kind: PlacedFile['kind'];
  readonly file: PlacedFile;
}

/** What a stage is given of its deps. */
export interface DepMounts {
  readonly mounts: readonly DepMount[];
  /** What is private in a dep's folder, and not named itself. */
  readonly leftOut: readonly string[];
}

/**
 * What is mounted for the stage's deps. Throws 'configuration' for one that does not exist, that is
 * neither file nor folder, or that would hand the engine's socket over. `shadows` is a folder of
 * ours for stand-ins of deps with links out of them; it is made when it is needed.
 */
export async function depMounts(
  owner: ScratchOwner,
  stage: Stage,
  shadows: string,
): Promise<DepMounts> {
  const { deps, leftOut } = withNamed(owner.root, stage.deps.filter(isLocalPath));
  const apart = new Set([...stage.outs.map((out) => out.path), ...leftOut]);
  const rest = { apart, within: new PathSet(apart) };
  const mounts: DepMount[] = [];
  for (const dep of deps) {
    await refuseAsWhole(owner, stage, dep);
    for (const path of await mountableParts(owner.root, stage, dep, rest)) {
      const mount = await mountOf(owner, stage, path);
      const shadow = join(shadows, String(mounts.length));
      for (const part of await withoutLinksOut(owner, stage, mount, shadow)) {
        if (part.file.source !== shadow) await refuseGuarded(owner, stage, part);
        mounts.push(part);
      }
    }
  }
  requireOnePlaceEach(stage, mounts);
  return { mounts, leftOut: leftOut.filter((path) => !deps.includes(path)) };
}

/** Each dep that no other one holds, and what is named although a folder comes without it. */
function withNamed(root: string, all: readonly string[]) {
  const deps = withoutNested(all);
  const leftOut = deps.flatMap((dep) => privateWithin(root, dep));
  const within = new PathSet(leftOut);
  const named = withoutNested(
    all.filter((dep) => !deps.includes(dep) && within.around(dep) !== undefined),
  );
  const below = named.flatMap((dep) => privateWithin(root, dep));
  return { deps: [...deps, ...named], leftOut: [...leftOut, ...below] };
}

/** Before it is taken in parts: what no part of may be given, whatever is in it. */
async function refuseAsWhole(owner: ScratchOwner, stage: Stage, dep: string): Promise<void> {
  const source = await realpath(at(owner.root, dep)).catch(() => undefined);
  if (source === undefined) return; // told below
  const root = await realpath(owner.root);
  if (source === root || !contains(source, root)) return;
  await refuseEngine(owner, stage, dep, source);
  const why = whyGuarded(source, { root, home: guardedHome() });
  if (why !== undefined) throw guardedDep(stage, dep, why);
}

function requireOnePlaceEach(stage: Stage, mounts: readonly DepMount[]): void {
  const pair = sharedPlace(mounts.map(({ path, file }) => ({ path, source: file.source })));
  if (pair === undefined) return;
  const [one, other] = pair;
  throw depFailure(
    stage,
    `depends on ${one} and on ${other}, which would both lie at ${placeInStage(other)} in its container`,
    linkHint(other),
  );
}

/** DVC also takes deps such as `s3://…`, which a container cannot be given as files. */
function isLocalPath(dep: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:\/\//i.test(dep);
}

function withoutNested(paths: readonly string[]): string[] {
  const all = new PathSet(paths);
  return paths.filter((path) => all.around(dirname(resolve(path))) === undefined);
}

/** What is not mounted with the folder that holds it. */
interface Apart {
  readonly apart: ReadonlySet<string>;
  readonly within: PathSet;
}

/**
 * A dep's folder that holds one of the stage's own outs, or something private, cannot be mounted
 * as a whole: its children are, one by one, except on the way there.
 */
async function mountableParts(
  root: string,
  stage: Stage,
  dep: string,
  rest: Apart,
): Promise<string[]> {
  const full = at(root, dep);
  const stats = await lstat(full).catch(() => undefined);
  if (!stats) throw missingDep(stage, dep);
  if (stage.outs.some((out) => out.path === dep)) return [];
  if (!rest.within.hasWithin(dep)) return [dep];
  if (!(await stat(full)).isDirectory()) return [dep];
  const children = (await readdir(full)).filter((child) => !rest.apart.has(join(dep, child)));
  const parts = await Promise.all(
    children.map((child) => mountableParts(root, stage, join(dep, child), rest)),
  );
  return parts.flat();
}

async function mountOf(owner: ScratchOwner, stage: Stage, path: string): Promise<DepMount> {
  const source = await realpath(at(owner.root, path)).catch(() => {
    throw danglingDep(stage, path);
  });
  const stats = await lstat(source);
  if (!stats.isDirectory() && !stats.isFile()) throw specialDep(stage, path, stats);
  const kind = stats.isDirectory() ? 'directory' : 'file';
  const target = placeInStage(path);
  const mount: DepMount = { path, kind, file: { source, target, kind, readOnly: true } };
  await refuseGuarded(owner, stage, mount);
  return mount;
}

async function refuseGuarded(owner: ScratchOwner, stage: Stage, mount: DepMount): Promise<void> {
  const { path, kind } = mount;
  const { source } = mount.file;
  await refuseEngine(owner, stage, path, source);
  const root = await realpath(owner.root);
  const why = whyNotGiven({ root, home: guardedHome() }, path, source);
  if (why !== undefined) throw guardedDep(stage, path, why);
  const noPlace = whyNoPlace(path, kind);
  if (noPlace !== undefined)
    throw depFailure(stage, `depends on ${path}, ${noPlace}`, linkHint(path));
}

async function refuseEngine(
  { engineSocket }: ScratchOwner,
  stage: Stage,
  path: string,
  source: string,
): Promise<void> {
  const socket = engineSocket && (await realpath(engineSocket).catch(() => undefined));
  if (socket && contains(source, socket)) throw engineDep(stage, path, socket);
}

/** A folder whose links would be dangling in the container is stood in for by a shadow. */
async function withoutLinksOut(
  owner: ScratchOwner,
  stage: Stage,
  mount: DepMount,
  shadow: string,
): Promise<DepMount[]> {
  const { path, file } = mount;
  if (mount.kind !== 'directory' || !hasLinksOut(file.source)) return [mount];
  const root = await realpath(owner.root);
  const linked = await shadowFolder(file.source, shadow, (below, source) => {
    const named = join(path, below);
    const why = whyNotGiven({ root, home: guardedHome() }, named, source);
    if (why !== undefined) throw guardedDep(stage, named, why);
  });
  const inner: DepMount[] = [];
  for (const folder of linked) {
    const leftOut = privateWithin(folder.source, '');
    for (const part of leftOut.length > 0 ? partsWithout(folder.source, leftOut) : ['']) {
      const source = await realpath(join(folder.source, part)).catch(() => undefined);
      if (source === undefined) continue; // a link that leads nowhere
      const below = join(folder.path, part);
      const kind = (await stat(source)).isDirectory() ? 'directory' : 'file';
      if (part !== '') await makeMountPoint(join(shadow, below), kind);
      const target = posix.join(file.target, below);
      inner.push({ path: join(path, below), kind, file: { ...file, source, target, kind } });
    }
  }
  return [{ ...mount, file: { ...file, source: shadow } }, ...inner];
}

function at(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}

function missingDep(stage: Stage, dep: string): ExpectedFailure {
  return depFailure(
    stage,
    `depends on ${dep}, which does not exist`,
    'Create it, run the stage that produces it (sibling run), or fetch it (sibling pull).',
  );
}

function danglingDep(stage: Stage, dep: string): ExpectedFailure {
  return depFailure(
    stage,
    `depends on ${dep}, a link that leads nowhere`,
    'Let it point to a file or a folder that exists, or fetch its data (sibling pull).',
  );
}

function specialDep(stage: Stage, dep: string, stats: Stats): ExpectedFailure {
  const what = specialKind(stats) ?? 'no file';
  return depFailure(
    stage,
    `depends on ${dep}, which is ${what}`,
    'A stage can depend on files and folders only: take it out of deps.',
  );
}

function engineDep(stage: Stage, dep: string, socket: string): ExpectedFailure {
  return depFailure(
    stage,
    `depends on ${dep}, which holds the container engine's socket ${socket}`,
    'A stage that reaches the socket is root on this machine: name what it reads more exactly.',
  );
}

function guardedDep(stage: Stage, dep: string, why: string): ExpectedFailure {
  return depFailure(
    stage,
    `depends on ${dep}, which is ${why}`,
    'It would open more of this machine than the stage can need: name what it reads more exactly.',
  );
}

function depFailure(stage: Stage, what: string, hint: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name} ${what}`,
    hint,
    place: { file: stage.file, line: stage.line },
  });
}
