import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockFileOf } from '../dvc/lock.ts';
import { mergeLock } from '../dvc/lock-text.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import type { Baton } from '../github/baton.ts';
import { giveTo, makeFolders, type Project } from '../project.ts';

/**
 * Brings what other jobs found into this job's workspace: their entries of dvc.lock, and the outs
 * that DVC does not carry. Gives the files, and writes none unless all are to be accepted; they are
 * the user's, as DVC and the stages are. Throws 'usage' for a file that the pipeline does not know.
 */
export async function applyBatons(
  pipeline: Pipeline,
  batons: readonly Baton[],
  { user }: Pick<Project, 'user'>,
): Promise<string[]> {
  const texts = new Map([...lockTexts(pipeline, batons), ...uncachedTexts(pipeline, batons)]);
  for (const [file, text] of texts) {
    const path = join(pipeline.root, file);
    await makeFolders(dirname(path), user);
    await writeFile(path, text);
    await giveTo(path, user);
  }
  return [...texts.keys()];
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

function uncachedTexts(pipeline: Pipeline, batons: readonly Baton[]): Map<string, string> {
  const uncached = new Set(
    pipeline.stages.flatMap((stage) =>
      stage.outs.filter((out) => !out.cache).map((out) => out.path),
    ),
  );
  const texts = new Map(batons.flatMap((baton) => Object.entries(baton.files)));
  for (const file of texts.keys()) if (!uncached.has(file)) throw unknownFile(file);
  return texts;
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
