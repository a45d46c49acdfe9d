import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { explainTransfer } from '../../remote/failure.ts';
import { type Remote, remoteName } from '../../remote/remote.ts';
import { compareHere, compareLock, comparison } from '../compare/hashes.ts';
import { compareRegistered } from '../compare/registered.ts';
import { type Check, type Compared, verdictOf } from '../compare/result.ts';
import type { ReproductionContext } from '../context/context.ts';
import {
  gatesOf,
  metricTexts,
  type Revision,
  recordedOuts,
  recordedSources,
} from '../context/revision.ts';
import {
  checkObjects,
  damagedObjects,
  missingObjects,
  objectNames,
} from '../context/stored-objects.ts';
import { type ModelOut, readableRecords } from '../wanted/stage-records.ts';
import { notHashed, requireHashed } from './require-hashed.ts';

/**
 * Fetches what the wanted stages made, and compares it with what is registered; nothing runs. Throws
 * what keeps it from being fetched, and 'unreproducible' where no dvc.lock names the model.
 */
export async function lookAtStored(
  context: ReproductionContext,
  revision: Revision,
): Promise<Compared> {
  const { registered, checkout, commit } = context;
  const { root } = checkout.project;
  const { model, locked } = revision;
  if (!model || locked.length === 0) throw notLocked(commit.hash);
  const notes = ['Nothing was run: this compares what is stored with what is registered.'];
  const checks: Check[] = [...compareLock(registered, locked, model, commit.hash)];
  // What another model's dvc.lock names says nothing of this one.
  if (verdictOf(checks) === 'differs') return { checks, notes };
  const sources = recordedSources(revision);
  requireHashed(revision, sources);
  const recorded = [...recordedOuts(revision), ...sources];
  const { folder, output } = await bring(context, revision);
  const names = await objectNames(folder, recorded);
  const damaged = damagedObjects(output, names);
  const objects = [...(await checkObjects(folder, names)), ...damaged];
  const gone = missingObjects(folder, names).filter(
    (name) => !damaged.some(({ what }) => what === name),
  );
  if (gone.length > 0) throw lacking(gone, context.remote);
  checks.push(...compareHere(readableRecords(context.request.project.root), locked, locked, false));
  const looked = [...objects, ...(await checkFiles(root, revision, commit.hash))];
  checks.push(...looked, ownCheck(registered.md5, model, looked));
  const texts = await metricTexts(root, revision, locked, folder);
  checks.push(...compareRegistered(registered.metrics, texts, gatesOf(root, revision)));
  return { checks, notes };
}

/** Where the objects are now: a folder is looked at where it is. */
async function bring(
  context: ReproductionContext,
  revision: Revision,
): Promise<{ folder: string; output: readonly string[] }> {
  const { remote, checkout, request, dvc } = context;
  if (remote.kind === 'folder') return { folder: remote.folder, output: [] };
  const targets = [
    ...recordedOuts(revision).map(({ path }) => path),
    ...revision.wanted.given.filter((address) => address.endsWith('.dvc')),
  ];
  request.view.line(`Fetching ${targets.join(', ')}`);
  const { code, output } = await dvc(['fetch', '--', ...targets]);
  if (code !== 0 && damagedObjects(output, new Map()).length === 0) {
    throw new ExpectedFailure(explainTransfer('pull', remote, output));
  }
  return { folder: join(checkout.project.root, '.dvc/cache'), output };
}

/** The model, as its object or its file was found. Throws 'unreproducible' where neither was hashed. */
function ownCheck(md5: string, { path, stage }: ModelOut, looked: readonly Check[]): Check {
  const bare = (hash: Check['found']) => String(hash).replace(/\.dir$/, '');
  const own = looked.find(({ what, expected }) => what === path && bare(expected) === bare(md5));
  if (!own) throw notHashed([path]);
  const found = own.found === null ? undefined : String(own.found);
  return { ...comparison('model', path, bare(md5), found), stage: stage.address };
}

/** Outs that Git keeps, as they are at the commit, against dvc.lock. */
async function checkFiles(
  root: string,
  { locked, wanted }: Revision,
  commit: string,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { stage, outs } of locked.filter((record) => wanted.stages.includes(record.stage))) {
    for (const { path } of stage.outs.filter(({ cache }) => !cache)) {
      const { hash, kind } = outs.get(path) ?? {};
      if (kind !== 'md5') continue;
      const content = hash && (await readFile(join(root, path)).catch(() => undefined));
      if (!hash || !content) continue;
      const found = createHash('md5').update(content).digest('hex');
      const check = comparison('stored', path, hash, found);
      const text = `${path} at ${commit.slice(0, 10)} is not what dvc.lock there says`;
      checks.push({ ...check, stage: stage.address, ...(check.state === 'differs' && { text }) });
    }
  }
  return checks;
}

function lacking(names: readonly string[], remote: Remote): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `${remoteName(remote)} lacks ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
    hint: 'Whoever made them has to push (sibling push). Without --pull they are made again.',
  });
}

function notLocked(commit: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `no commit has a dvc.lock that names the model, so that nothing tells what is stored of its run on ${commit.slice(0, 10)}`,
    hint: 'Without --pull it is made again.',
  });
}
