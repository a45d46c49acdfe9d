import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockFileOf, parseLock } from '../dvc/lock.ts';
import { mergeLock } from '../dvc/lock-text.ts';
import { NotUnderstood } from '../dvc/not-understood.ts';
import type { FileHash, Pipeline, Stage } from '../dvc/pipeline.ts';
import { hashAt } from '../dvc/stage-reasons.ts';
import { ExpectedFailure } from '../errors.ts';
import type { Baton } from '../github/baton.ts';
import { giveTo, makeFolders, type Project } from '../project.ts';
import { unpackUncached } from './uncached-files.ts';

/**
 * Brings what other jobs found into this job's workspace: their entries of dvc.lock, and the outs
 * that DVC does not carry. Gives the files, and writes none unless all are to be accepted; they are
 * the user's, as DVC and the stages are. Throws 'usage' for a file that the pipeline does not know, and
 * for one that is not what its entry of dvc.lock names.
 */
export async function applyBatons(
  pipeline: Pipeline,
  batons: readonly Baton[],
  { user }: Pick<Project, 'user'>,
): Promise<string[]> {
  const contents = new Map<string, string | Buffer>([
    ...lockTexts(pipeline, batons),
    ...uncachedFiles(pipeline, batons),
  ]);
  for (const [file, content] of contents) {
    const path = join(pipeline.root, file);
    await makeFolders(dirname(path), user);
    await writeFile(path, content);
    await giveTo(path, user);
  }
  return [...contents.keys()];
}

function lockTexts(pipeline: Pipeline, batons: readonly Baton[]): Map<string, string> {
  const known = new Set(pipeline.stages.map((stage) => lockFileOf(stage.file)));
  const texts = new Map<string, string>();
  for (const [file, entries] of mergedEntries(pipeline, batons)) {
    if (!known.has(file)) throw unknownFile(file);
    const path = join(pipeline.root, file);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    texts.set(file, mergeLock(file, before, entries));
  }
  return texts;
}

function uncachedFiles(pipeline: Pipeline, batons: readonly Baton[]): Map<string, Buffer> {
  const makers = new Map(
    pipeline.stages.flatMap((stage) =>
      stage.outs.filter((out) => !out.cache).map((out) => [out.path, stage] as const),
    ),
  );
  const files = new Map<string, Buffer>();
  for (const baton of batons) {
    for (const [file, content] of unpackUncached(baton)) {
      const maker = makers.get(file);
      if (!maker) throw unknownFile(file);
      const expected = lockedHash(baton, maker, file);
      if (!isContent(content, expected)) throw otherContent(file, maker, expected?.hash);
      files.set(file, content);
    }
  }
  return files;
}

/** What the entry of dvc.lock that came along names; undefined where only DVC can read it. */
function lockedHash(baton: Baton, stage: Stage, path: string): FileHash | undefined {
  const file = lockFileOf(stage.file);
  const entry = baton.lock[file]?.[stage.name];
  if (entry === undefined) return undefined;
  try {
    const { stages } = parseLock(file, `schema: '2.0'\nstages:\n${entry}`);
    return hashAt(stages.get(stage.name)?.outs, stage.written.get(path) ?? path, path);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

function isContent(content: Buffer, expected: FileHash | undefined): boolean {
  if (expected?.hash === undefined) return true;
  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
  if (md5(content) === expected.hash) return true;
  if (expected.kind === 'md5') return false;
  const unixLines = content.toString('latin1').replaceAll('\r\n', '\n');
  return md5(Buffer.from(unixLines, 'latin1')) === expected.hash;
}

/** All entries by lock file, in the order in which the stages run. */
function mergedEntries(
  pipeline: Pipeline,
  batons: readonly Baton[],
): Map<string, Map<string, string>> {
  const merged = new Map<string, Map<string, string>>();
  const order = pipeline.stages.map((stage) => stage.name);
  for (const baton of batons) {
    for (const [file, entries] of Object.entries(baton.lock)) {
      const ofFile = merged.get(file) ?? new Map<string, string>();
      for (const [name, entry] of Object.entries(entries)) ofFile.set(name, entry);
      merged.set(file, ofFile);
    }
  }
  for (const [file, entries] of merged) {
    const sorted = [...entries].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
    merged.set(file, new Map(sorted));
  }
  return merged;
}

function unknownFile(file: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `another job sent the file ${file}, which the pipeline does not have as an uncached out or a lock file`,
    hint: 'Run all jobs of a workflow on the same commit.',
  });
}

function otherContent(file: string, stage: Stage, hash: string | undefined): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the job of stage ${stage.address} sent ${file} with other content than dvc.lock names (MD5 ${hash})`,
    hint: `Nothing was written. Run the whole workflow again; if it happens again, see what changes ${file} after the stage has ended.`,
  });
}
