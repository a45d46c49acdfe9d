import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contains } from '../contains.ts';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { git } from '../git.ts';
import { type Baton, largestFile } from '../github/baton.ts';

/** An out that DVC does not cache and no baton carries. */
export type LeftOut = NonNullable<Baton['left']>[number];

/** What a baton says of a stage's outs that DVC does not cache. */
export type Uncached = Pick<Baton, 'files' | 'binary' | 'left'>;

/** The stage's outs that DVC does not cache: those that a baton carries, and those that it cannot. */
export async function packUncached(root: string, stage: Stage): Promise<Uncached> {
  const files: Record<string, string> = {};
  const binary: Record<string, string> = {};
  const left: LeftOut[] = [];
  for (const { path, cache } of stage.outs) {
    const stats = cache ? undefined : statSync(join(root, path), { throwIfNoEntry: false });
    if (!stats) continue;
    if (stats.isFile() && stats.size <= largestFile) {
      const bytes = readFileSync(join(root, path));
      const text = bytes.toString('utf8');
      if (Buffer.from(text, 'utf8').equals(bytes)) files[path] = text;
      else binary[path] = bytes.toString('base64');
    } else if (!(await isInCheckout(root, path))) {
      left.push({ path, why: stats.isDirectory() ? 'a folder' : 'larger than 64 KiB' });
    }
  }
  return {
    files,
    ...(Object.keys(binary).length > 0 && { binary }),
    ...(left.length > 0 && { left }),
  };
}

/** The files that a baton carries, byte by byte. */
export function unpackUncached({ files, binary }: Uncached): Map<string, Buffer> {
  const ofTexts = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const);
  const ofBytes = Object.entries(binary ?? {}).map(
    ([path, bytes]) => [path, Buffer.from(bytes, 'base64')] as const,
  );
  return new Map([...ofTexts, ...ofBytes]);
}

/** Whether every job has it without a baton: as it is here, it is in the commit. */
async function isInCheckout(root: string, path: string): Promise<boolean> {
  const [tracked, differing] = await Promise.all([
    git(root, '--literal-pathspecs', 'ls-files', '--', path),
    git(
      ...([root, '--literal-pathspecs', 'status', '--porcelain'] as const),
      ...['--untracked-files=all', '--ignored', '--', path],
    ),
  ]);
  return Boolean(tracked) && differing === '';
}

/** What a reader of the log has to know of an out that was left. */
export function leftWarning({ path, why }: LeftOut): string {
  return `${path} is ${why} and has cache: false: no other job gets it, and it is not committed. ${remedy}`;
}

const remedy =
  'Let DVC cache it (cache: true): then it travels through the remote. Up to 64 KiB a file needs no cache.';

/** The failure of a stage that left what another stage reads; undefined if nobody reads it. */
export function leftButNeeded(
  pipeline: Pipeline,
  stage: Stage,
  left: readonly LeftOut[] = [],
): ExpectedFailure | undefined {
  for (const { path, why } of left) {
    const reader = pipeline.stages.find(
      ({ address, deps, params }) =>
        address !== stage.address &&
        [...deps, ...params.map((one) => one.path)].some(
          (dep) => contains(path, dep) || contains(dep, path),
        ),
    );
    if (!reader) continue;
    return new ExpectedFailure({
      kind: 'configuration',
      cause: `stage ${reader.address} reads ${path}, which is ${why} and has cache: false: its job would not get it`,
      hint: remedy,
      place: { file: stage.file, line: stage.line },
    });
  }
  return undefined;
}
