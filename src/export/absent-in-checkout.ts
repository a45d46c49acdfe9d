import { dirname, join, relative, resolve } from 'node:path';
import { readConfigSections } from '../dvc/config/dvc-config.ts';
import { configuredPath } from '../dvc/config/files.ts';
import { isUrl } from '../dvc/paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import type { Project } from '../dvc/read/load-project.ts';
import { placeInStage } from '../dvc/read/stage-origin.ts';
import type { Place } from '../errors.ts';
import { ignoredWithSubmodules } from '../git/submodules.ts';
import { contains, PathSet } from '../system/contains.ts';
import { readWholeIfAble } from '../system/read-whole.ts';
import { placeText } from '../terminal/failure-text.ts';
import { NotUnderstood } from '../text/not-understood.ts';
import { linksIn, realOf, stageReads } from './stage-reads.ts';

/** Something that the pipeline names and a job's checkout does not bring. */
interface Named {
  readonly place: Place;
  /** Relative to the project's root, or absolute. */
  readonly path: string;
  /** The beginning of a sentence: `stage a depends on x`. */
  readonly text: string;
}

const remedy =
  'A checkout on a GitHub runner has none of this: put data into the repository, or let DVC keep them (dvc add, dvc import-url) in a remote that a job can reach; what is of this machine alone goes to .dvc/config.local (dvc config --local).';

/**
 * Warnings for what a job could not find: deps, params and vars that lie outside of the repository
 * with the root `top`, by their paths or through links, or that Git ignores and nobody makes; a cache
 * and remotes of .dvc/config that are folders out there.
 */
export async function absentInCheckout(
  project: Project,
  top: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  const { root } = project.pipeline;
  const repository = { root, top, project };
  const named = namedPaths(project);
  const outside = named.flatMap((each) => leadingOut(each, repository));
  // Git refuses to answer for what lies behind a link.
  const inside = named.filter(({ path }) => isPlainlyIn(resolve(root, path), top));
  const full = ({ path }: Named) => resolve(root, path);
  const ignored = await ignoredWithSubmodules(top, [...new Set(inside.map(full))]);
  const left = inside
    .filter((each) => ignored.has(full(each)))
    .map(({ place, text }) => ({ place, text: `${text}, which Git ignores and no stage makes` }));
  const lines = [...outside, ...left, ...configuredOut(root, top, env)].map(
    ({ place, text }) => `warning: ${placeText(place)}: ${text}`,
  );
  return lines.length > 0 ? [...new Set(lines), remedy] : [];
}

type Absent = Omit<Named, 'path'>;

/** What stages read that neither a stage nor a `.dvc` file makes, nor a part of what they make. */
function namedPaths(project: Project): Named[] {
  const { pipeline, origins } = project;
  const { root, stages, sources } = pipeline;
  const made = new PathSet(
    [...stages, ...sources].flatMap(({ outs }) =>
      outs.filter(({ path }) => !isUrl(path)).map(({ path }) => resolve(root, path)),
    ),
  );
  const isMade = (path: string) =>
    made.around(resolve(root, path)) !== undefined || made.hasWithin(resolve(root, path));
  return stageReads(project)
    .filter(({ path }) => !isMade(path))
    .map(({ stage, path, written, text }) => {
      const origin = origins.get(stage.address);
      return {
        ...{ path, text: `stage ${groupOf(stage)} ${text}` },
        place: origin ? placeInStage(origin, written) : { file: stage.file, line: stage.line },
      };
    });
}

/** One warning is enough for all that a foreach makes. */
function groupOf({ name }: Stage): string {
  return name.replace(/@.*$/s, '');
}

interface Repository {
  readonly root: string;
  readonly top: string;
  readonly project: Project;
}

/** Whether a path leads out, or, of a folder, which links in it do. */
function leadingOut(named: Named, { root, top, project }: Repository): Absent[] {
  const { place, text, path } = named;
  const full = resolve(root, path);
  if (!contains(top, full)) return [{ place, text: `${text}, which is not in the repository` }];
  const real = realOf(full);
  const realTop = realOf(top);
  if (!contains(realTop, real)) {
    return [{ place, text: `${text}, which leads to ${real}, outside the repository` }];
  }
  return linksIn(full, project)
    .filter((link) => !contains(realTop, realOf(link)))
    .slice(0, mostLinks)
    .map((link) => ({
      place,
      text: `${text}, in which ${relative(root, link)} leads to ${realOf(link)}, outside the repository`,
    }));
}

/** Of one folder's links; more say nothing new. */
const mostLinks = 3;

/** Whether a path lies in the repository, and no link is on the way to it. */
function isPlainlyIn(full: string, top: string): boolean {
  return (
    contains(top, full) && realOf(dirname(full)) === join(realOf(top), relative(top, dirname(full)))
  );
}

/** The cache and the remotes that .dvc/config, which Git keeps, puts into folders out there. */
function configuredOut(root: string, top: string, env: NodeJS.ProcessEnv): Absent[] {
  const file = '.dvc/config';
  try {
    return [...readConfigSections(join(root, file))].flatMap(([section, entries]) => {
      const remote = /^remote "(.*)"$/.exec(section)?.[1];
      const [key, what] =
        remote === undefined ? ['dir', "DVC's cache"] : ['url', `the remote ${remote}`];
      const path = section === 'cache' || remote !== undefined ? entries.get(key) : undefined;
      if (path === undefined || isUrl(path)) return [];
      const folder = configuredPath(join(root, file), path, env);
      if (contains(realOf(top), realOf(folder))) return [];
      const place = { file, ...lineOf(join(root, file), path) };
      return [{ place, text: `${what} is the folder ${folder}, outside the repository` }];
    });
  } catch (error) {
    if (error instanceof NotUnderstood) return []; // a run says so
    throw error;
  }
}

function lineOf(file: string, value: string): { line: number } | undefined {
  const lines = (readWholeIfAble(file)?.toString('utf8') ?? '').split('\n');
  const at = lines.findIndex((line) => line.includes('=') && line.includes(value));
  return at === -1 ? undefined : { line: at + 1 };
}
