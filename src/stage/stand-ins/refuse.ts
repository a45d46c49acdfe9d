import { existsSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { git } from '../../git/git.ts';
import { unfetchedSubmodules } from '../../git/submodules.ts';
import { realOr } from '../../outside/what-is-there.ts';
import { imageName } from '../options/options.ts';
import { lfsPointersAt } from './find-pointers.ts';
import { mayLackSubmodules, pointerSigns } from './signs.ts';

type Reader = Pick<Stage, 'address' | 'name' | 'deps' | 'params' | 'meta' | 'file' | 'line'>;

/** What stands where a stage's data should be: only Git knows of it. */
export interface StandIn {
  readonly stage: string;
  readonly failure: ExpectedFailure;
}

/**
 * Throws 'configuration', before anything is started, for the first of these stages that reads a Git
 * LFS pointer, or a submodule that was not fetched: the stage would run on it.
 */
export async function refuseStandIns(root: string, stages: readonly Reader[]): Promise<void> {
  const [first] = await standIns(root, stages);
  if (first) throw first.failure;
}

/**
 * One for each stage and each dep, params file and image folder that is no data, or holds what is none.
 * With `hurried` only where a file on the way says that there may be one: a look into every small file
 * takes as long as all else that a status does.
 */
export async function standIns(
  root: string,
  stages: readonly Reader[],
  { hurried = false }: { readonly hurried?: boolean } = {},
): Promise<StandIn[]> {
  const paths = new Set(stages.flatMap((stage) => usesOf(root, stage).map(({ path }) => path)));
  const submodules = mayLackSubmodules(root, [...paths]) ? await unfetchedSubmodules(root) : [];
  const known = new Map<string, Promise<string | undefined>>();
  const mayBe = hurried ? pointerSigns(root) : () => true;
  const lookFor = async (path: string) =>
    mayBe(path) ? (await lfsPointersAt(root, path))[0] : undefined;
  const pointerIn = (path: string) => {
    const found = known.get(path) ?? lookFor(path);
    known.set(path, found);
    return found;
  };
  const all = stages.flatMap((stage) =>
    usesOf(root, stage).map(async ({ path, words }): Promise<StandIn[]> => {
      const submodule = submodules.find((one) => isPartOf(path, one));
      const pointer = submodule === undefined ? await pointerIn(path) : undefined;
      if (submodule === undefined && pointer === undefined) return [];
      const found =
        submodule === undefined
          ? {
              what: `a Git LFS pointer${named(path, pointer)}`,
              command: await bringing(root, pointer ?? path),
            }
          : {
              what: `a submodule that was not fetched${named(path, submodule)}`,
              command: fetching(root, submodule),
            };
      const failure = new ExpectedFailure({
        kind: 'configuration',
        cause: `stage ${stage.address} ${words} ${path}, which is ${found.what}, not the data`,
        hint: `Bring the data here: ${found.command}`,
        place: { file: stage.file, line: stage.line },
      });
      return [{ stage: stage.address, failure }];
    }),
  );
  return (await Promise.all(all)).flat();
}

interface Use {
  readonly path: string;
  readonly words: string;
}

/** What a stage is given: deps, params files, and the folder that its image is made from. */
function usesOf(root: string, stage: Reader): Use[] {
  const deps = stage.deps.filter((dep) => !/^\w+:\/\//.test(dep));
  const params = stage.params.map(({ path }) => path);
  const image = imageName(stage);
  const isOther = (path: string) => !deps.includes(path);
  return [
    ...deps.map((path) => ({ path, words: 'depends on' })),
    ...params.filter(isOther).map((path) => ({ path, words: 'reads' })),
    ...(isOther(image) && existsSync(join(root, image))
      ? [{ path: image, words: 'is made from' }]
      : []),
  ];
}

function named(dep: string, path: string | undefined): string {
  return path === dep || path === undefined ? '' : ` at ${path}`;
}

/** The command that brings what a pointer stands for, also where LFS was told to leave it out. */
async function bringing(root: string, path: string): Promise<string> {
  const real = realOr(resolve(root, path)); // Git knows the file, not a link to it
  const folder = dirname(real);
  const [top, own] = await Promise.all([
    git(folder, 'rev-parse', '--show-toplevel'),
    git(root, 'rev-parse', '--show-toplevel'),
  ]);
  const [here, ours] = [top, own].map((one) => one ?? root);
  // One in a submodule is that one's.
  const lfs = here === ours ? 'git lfs' : `git -C ${quoted(posix.relative(root, here ?? ''))} lfs`;
  const isLimited = await Promise.all(
    ['lfs.fetchexclude', 'lfs.fetchinclude'].flatMap((key) => [
      git(folder, 'config', key),
      git(folder, 'config', '--file', join(here ?? root, '.lfsconfig'), key),
    ]),
  );
  if (!isLimited.some(Boolean)) return `${lfs} pull`;
  const included = posix.relative(here ?? root, real);
  return `${lfs} pull --include=${quoted(included)} --exclude=`;
}

/** The command that fetches a submodule; one in another is that one's. */
function fetching(root: string, submodule: string): string {
  let above = posix.dirname(submodule);
  while (above !== '.' && !existsSync(resolve(root, above, '.git'))) above = posix.dirname(above);
  const isInside = above !== '.' && !posix.relative('.', above).startsWith('..');
  const git = isInside ? `git -C ${quoted(above)}` : 'git';
  const path = isInside ? posix.relative(above, submodule) : submodule;
  return `${git} submodule update --init ${quoted(path)}`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Whether one of two paths holds the other. */
function isPartOf(path: string, other: string): boolean {
  return (
    path === other || path === '.' || path.startsWith(`${other}/`) || other.startsWith(`${path}/`)
  );
}
