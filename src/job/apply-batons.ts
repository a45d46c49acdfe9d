import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderHash } from '../dvc/folder-hash.ts';
import { lockFileOf, parseLock } from '../dvc/lock.ts';
import { mergeLock } from '../dvc/lock-text.ts';
import { NotUnderstood } from '../dvc/not-understood.ts';
import type { FileHash, Pipeline, Stage } from '../dvc/pipeline.ts';
import { hashAt } from '../dvc/stage-reasons.ts';
import { ExpectedFailure } from '../errors.ts';
import type { CarriedFile, StageResults, UncachedOut } from '../github/stage-results.ts';
import { giveTo, makeFolders, type Project } from '../project.ts';
import { requireWritable } from '../scratch/prepare-scratch.ts';
import { readWhole } from '../system/read-whole.ts';
import { unpackFile } from './uncached-files.ts';

/**
 * Brings what other jobs found into this job's workspace: their entries of dvc.lock, and the outs
 * that DVC does not carry. Gives the files and folders, and writes none unless all are to be accepted;
 * they are the user's, as DVC and the stages are. Throws 'usage' for what the pipeline does not know as
 * the stage's, and for an out that is not what its entry of dvc.lock names.
 */
export async function applyBatons(
  pipeline: Pipeline,
  batons: readonly StageResults[],
  { user }: Pick<Project, 'user'>,
): Promise<string[]> {
  const made = batons.map((results) => ({ results, stage: stageOf(pipeline, results) }));
  const locks = lockTexts(pipeline, made);
  const outs = made.flatMap(uncachedOuts);
  // A link in the commit must lead nowhere that a stage itself could not write to.
  for (const { stage } of made) {
    for (const { path } of stage.outs) {
      requireWritable(pipeline.root, stage, { path, persist: false });
    }
  }
  const write = async (path: string, content: string | Buffer, executable = false) => {
    await makeFolders(dirname(path), user);
    await writeFile(path, content, { mode: executable ? 0o777 : 0o666 });
    await giveTo(path, user);
  };
  for (const [file, text] of locks) await write(join(pipeline.root, file), text);
  for (const { path, files } of outs) {
    const full = join(pipeline.root, path);
    // Whatever is there is an earlier result: of a folder, files that are no more must go.
    await rm(full, { recursive: true, force: true });
    if (!files.has('')) await makeFolders(full, user);
    for (const [name, { bytes, executable }] of files) {
      await write(join(full, name), bytes, executable);
    }
  }
  return [...locks.keys(), ...outs.map(({ path }) => path)];
}

/** What a job found, and the stage that it says it ran. */
interface Made {
  readonly results: StageResults;
  readonly stage: Stage;
}

function stageOf(pipeline: Pipeline, results: StageResults): Stage {
  const stage = pipeline.stages.find(({ address }) => address === results.stage);
  if (stage) return stage;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `another job ran the stage ${results.stage}, which the pipeline does not have here`,
    hint: sameCommit,
  });
}

/** The files of dvc.lock with the jobs' entries, in the order in which the stages run. */
function lockTexts(pipeline: Pipeline, made: readonly Made[]): Map<string, string> {
  const order = new Map(pipeline.stages.map(({ address }, at) => [address, at]));
  const sorted = [...made].sort(
    (one, other) => (order.get(one.stage.address) ?? 0) - (order.get(other.stage.address) ?? 0),
  );
  const entries = new Map<string, Map<string, string>>();
  for (const { results, stage } of sorted) {
    if (!results.lock) continue;
    const { file, entry } = results.lock;
    if (file !== lockFileOf(stage.file)) throw unknownFile(stage, file);
    const ofFile = entries.get(file) ?? new Map<string, string>();
    entries.set(file, ofFile.set(stage.name, entry));
  }
  const texts = new Map<string, string>();
  for (const [file, changes] of entries) {
    const path = join(pipeline.root, file);
    const before = existsSync(path) ? readWhole(path).toString('utf8') : undefined;
    texts.set(file, mergeLock(file, before, changes));
  }
  return texts;
}

interface WrittenFile {
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** An out; its files by their paths below it, which is empty for an out that is a file. */
interface WrittenOut {
  readonly path: string;
  readonly files: ReadonlyMap<string, WrittenFile>;
}

function uncachedOuts({ results, stage }: Made): WrittenOut[] {
  return results.uncached.map((out) => {
    const { path } = out;
    if (!stage.outs.some((own) => own.path === path && !own.cache)) throw unknownFile(stage, path);
    const files = filesOf(out);
    const expected = lockedHash(results, stage, path);
    if (!isContent(files, expected)) throw otherContent(path, stage, expected?.hash);
    return { path, files };
  });
}

function filesOf(out: UncachedOut): Map<string, WrittenFile> {
  const carried: readonly (readonly [string, CarriedFile])[] =
    'file' in out ? [['', out.file]] : Object.entries(out.folder);
  return new Map(
    carried.map(([name, file]) => [
      name,
      { bytes: unpackFile(file), executable: file.executable === true },
    ]),
  );
}

/** What the entry of dvc.lock that came along names; undefined where only DVC can read it. */
function lockedHash({ lock }: StageResults, stage: Stage, path: string): FileHash | undefined {
  if (lock === undefined) return undefined;
  try {
    const { stages } = parseLock(lock.file, `schema: '2.0'\nstages:\n${lock.entry}`);
    return hashAt(stages.get(stage.name)?.outs, stage.written.get(path) ?? path, path);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

function isContent(files: WrittenOut['files'], expected: FileHash | undefined): boolean {
  if (expected?.hash === undefined) return true;
  const file = files.get('');
  if (file) return isFileContent(file.bytes, expected);
  // Of a folder's files DVC 2 hashed some as text: it wrote no such entry since.
  if (expected.kind !== 'md5') return true;
  const entries = [...files].map(([relpath, { bytes }]) => ({ relpath, md5: md5(bytes) }));
  return folderHash(entries) === expected.hash;
}

function isFileContent(bytes: Buffer, { hash, kind }: FileHash): boolean {
  if (md5(bytes) === hash) return true;
  if (kind === 'md5') return false;
  const unixLines = bytes.toString('latin1').replaceAll('\r\n', '\n');
  return md5(Buffer.from(unixLines, 'latin1')) === hash;
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

const sameCommit = 'Run all jobs of a workflow on the same commit.';

function unknownFile({ address }: Stage, file: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the job of stage ${address} sent the file ${file}, which the stage does not have as an uncached out or a lock file`,
    hint: sameCommit,
  });
}

function otherContent(file: string, stage: Stage, hash: string | undefined): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the job of stage ${stage.address} sent ${file} with other content than dvc.lock names (MD5 ${hash})`,
    hint: `Nothing was written. Run the whole workflow again; if it happens again, see what changes ${file} after the stage has ended.`,
  });
}
