import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { folderHash } from '../../dvc/hash/folder-hash.ts';
import { lockFileOf, parseLock } from '../../dvc/lock/lock.ts';
import { mergeLock } from '../../dvc/lock/merge.ts';
import type { FileHash, Pipeline, Stage } from '../../dvc/pipeline.ts';
import { hashAt } from '../../dvc/status/stage-reasons.ts';
import { readText } from '../../dvc/yaml/source.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { CarriedFile, StageResults, UncachedOut } from '../../github/baton/stage-results.ts';
import { guardedHome } from '../../outside/guarded-home.ts';
import { ownAt } from '../../outside/own-files.ts';
import { realPlace, whyNotWritten } from '../../outside/private-places.ts';
import { requireWritable } from '../../outside/require-writable.ts';
import { giveTo, makeFolders, type Project } from '../../project/project.ts';
import type { User } from '../../system/user.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { type Place, placeWhole } from '../../workspace/place-whole.ts';
import { replacedFile } from '../../workspace/replaced-file.ts';
import { unpackFile } from './uncached-files.ts';

/**
 * Brings what other jobs found into this job's workspace: their entries of dvc.lock, and the outs
 * that DVC does not carry. Gives the files and folders; all are written, or, where one is not to be
 * accepted or cannot be written, none. They are the user's, as DVC and the stages are. Throws 'usage'
 * for what the pipeline does not know as the stage's, and for an out that is not what its entry of
 * dvc.lock names; 'configuration' for a dvc.lock into which nothing can be put.
 */
export async function applyBatons(
  pipeline: Pipeline,
  batons: readonly StageResults[],
  { user }: Pick<Project, 'user'>,
): Promise<string[]> {
  const made = batons.map((results) => ({ results, stage: stageOf(pipeline, results) }));
  refuseTwice(made);
  const locks = lockTexts(pipeline, made);
  const outs = made.flatMap(uncachedOuts);
  // A link in the commit must lead nowhere that a stage itself could not write to.
  for (const { stage } of made) {
    for (const { path } of stage.outs) {
      requireWritable(pipeline.root, stage, { path, persist: false });
    }
  }
  const lockPlaces = [...locks].map(([file, text]) => lockPlace(pipeline.root, file, text, user));
  // The locks last: what they name is there before them.
  await placeWhole(user, [...outs.map((out) => outPlace(pipeline.root, out, user)), ...lockPlaces]);
  return [...locks.keys(), ...outs.map(({ path }) => path)];
}

/** A link in a dvc.lock's place is followed, as DVC does, but not to where no stage may write. */
function lockPlace(root: string, file: string, text: string, user: User): Place {
  const to = realPlace(join(root, file), 'followed');
  const path = relative(realPlace(root), to);
  const isLock = basename(to) === 'dvc.lock';
  const why = (isLock ? undefined : ownAt(path)) ?? whyNotWritten(root, path, guardedHome());
  if (why === undefined) {
    if (existsSync(to)) return replacedFile(to, text);
    return { to, make: (aside) => write(aside, Buffer.from(text), 0o666, user) };
  }
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${file} is a link to ${to}, which is ${why}`,
    hint: `Put a file in its place: rm ${file}, then run the pipeline. Nothing was written.`,
    place: { file },
  });
}

function outPlace(root: string, { path, files }: WrittenOut, user: User): Place {
  return {
    to: join(root, path),
    make: async (aside) => {
      // Also of a folder without files there is to be one.
      if (!files.has('')) await makeFolders(aside, user);
      for (const [name, { bytes, executable }] of files) {
        const file = join(aside, name);
        await makeFolders(dirname(file), user);
        await write(file, bytes, executable ? 0o777 : 0o666, user);
      }
    },
  };
}

async function write(path: string, bytes: Buffer, mode: number, user: User): Promise<void> {
  await writeFile(path, bytes, { mode });
  await giveTo(path, user);
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

function refuseTwice(made: readonly Made[]): void {
  const stages = made.map(({ stage }) => stage.address);
  const twice = stages.find((stage, at) => stages.indexOf(stage) !== at);
  if (twice === undefined) return;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `two jobs ran the stage ${twice}, and only one can be right`,
    hint: 'Let one job of the workflow run it, as sibling export github writes it.',
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
    const isThere = existsSync(join(pipeline.root, file));
    const before = isThere ? readText(pipeline.root, file, 'Make it readable.') : undefined;
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
