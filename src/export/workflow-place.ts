import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';
import { askMainBranch } from '../base/fetch.ts';
import { mainBranch, mainRemote } from '../base/main-branch.ts';
import type { Project } from '../dvc/read/load-project.ts';
import { readText } from '../dvc/yaml/source.ts';
import { ExpectedFailure } from '../errors.ts';
import { git } from '../git/git.ts';
import { contains } from '../system/contains.ts';
import type { ExistingWorkflow } from './kept-regions.ts';
import { linksIn, realOf, stageReads } from './stage-reads.ts';

/** Where a project's workflow belongs. */
export interface WorkflowPlace {
  /** Git's root, absolute: GitHub reads workflows from nowhere else. */
  readonly top: string;
  /** The project's folder below it; `.` where they are one. */
  readonly folder: string;
  /** The workflow's file, relative to Git's root; each project of a repository has its own. */
  readonly file: string;
}

const firstLine = '# Written by `sibling export github`';

/** Finds Git's root around a project; without a repository that is the project's own folder. */
export async function workflowPlace(root: string): Promise<WorkflowPlace> {
  const prefix = (await git(root, 'rev-parse', '--show-prefix')) ?? '';
  const folder = prefix === '' ? '.' : prefix.replace(/\/$/, '');
  const above = (await git(root, 'rev-parse', '--show-cdup')) ?? '';
  return {
    top: resolve(root, above),
    folder,
    file: `.github/workflows/${workflowName(folder)}.yml`,
  };
}

/**
 * `pipeline` for a project at Git's root, `pipeline-services--model` for one below: no two folders have
 * the same name. Where the letters alone do not tell two folders apart, a part of a hash does.
 */
export function workflowName(folder: string): string {
  if (folder === '.') return 'pipeline';
  const isPlain = folder.split('/').every((part) => /^(?!-|.*--|.*-$)[\w.-]+$/.test(part));
  const name = folder.replaceAll('/', '--').replace(/[^\w.-]/g, '-');
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return `pipeline-${isPlain ? name : `${name}-${hash}`}`;
}

/**
 * The text of the workflow that is there, or that an earlier version wrote below the project's folder,
 * where GitHub does not look. Throws 'usage' for a file that somebody else wrote.
 */
export function existingWorkflow({ top, folder, file }: WorkflowPlace): {
  /** Of one of the two. */
  readonly workflow?: ExistingWorkflow;
  readonly misplaced?: string;
} {
  const old = posix.join(folder, '.github/workflows/pipeline.yml');
  const text = readIfThere(top, file);
  const misplaced = folder === '.' ? undefined : readIfThere(top, old);
  if (text !== undefined && !text.startsWith(firstLine)) {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `${file} is not a file that sibling export github wrote`,
      hint: `Rename it: the workflow that runs this pipeline has that name.`,
      place: { file },
    });
  }
  const isOurs = misplaced?.startsWith(firstLine) === true;
  const workflow =
    text !== undefined ? { file, text } : isOurs ? { file: old, text: misplaced } : undefined;
  return { ...(workflow && { workflow }), ...(isOurs && { misplaced: old }) };
}

function readIfThere(top: string, file: string): string | undefined {
  const isThere = lstatSync(join(top, file), { throwIfNoEntry: false }) !== undefined;
  return isThere
    ? readText(top, file, 'Make it a file that can be read, or move it away.')
    : undefined;
}

/**
 * What a pipeline in a folder reads, as patterns of GitHub's `paths`, relative to Git's root; what links
 * lead to too, for a change of that is none of the link.
 */
export function watchedPaths(project: Project, { top, folder, file }: WorkflowPlace): string[] {
  const { root } = project.pipeline;
  const read = stageReads(project).flatMap(({ path }) => {
    const full = resolve(root, path);
    return [full, ...[full, ...linksIn(full, project)].map(realOf)];
  });
  const outside = [...new Set(read)].flatMap((path) => {
    const from = [top, realOf(top)].find((each) => contains(each, path));
    const inTop = from === undefined ? folder : relative(from, path);
    return contains(folder, inTop) ? [] : [inTop];
  });
  const patterns = [...new Set(outside)]
    .sort()
    .flatMap((path) => (path === '' ? ['**'] : [escaped(path), `${escaped(path)}/**`]));
  return [`${escaped(folder)}/**`, ...patterns, escaped(file)];
}

/** What GitHub would read as a pattern stands for itself behind a backslash. */
function escaped(path: string): string {
  return path.replace(/[*?+![\]\\]/g, '\\$&');
}

/**
 * The branch whose pushes run the pipeline: the repository's main branch as the clone knows it, or as
 * its remote says; else the one that is checked out; else `main`.
 */
export async function pushedBranch(root: string): Promise<string> {
  const known = await mainBranch(root);
  if (known) return known.name;
  const remote = await mainRemote(root);
  const asked = remote === undefined ? undefined : await askMainBranch(root, remote);
  return asked ?? ((await git(root, 'symbolic-ref', '--quiet', '--short', 'HEAD')) || 'main');
}
