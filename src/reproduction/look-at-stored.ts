import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { explainTransfer } from '../transfer-failure.ts';
import { compareLock, comparison } from './compare-hashes.ts';
import { compareRegistered } from './compare-values.ts';
import type { ReproductionContext } from './context.ts';
import type { Check, Compared } from './result.ts';
import { metricTexts, type Revision } from './revision.ts';
import {
  checkObjects,
  damagedObjects,
  objectNames,
  objectPath,
  outNames,
} from './stored-objects.ts';

/**
 * Fetches what the wanted stages made, and compares it with what is registered; nothing runs. Throws
 * what keeps it from being fetched, and 'unreproducible' where no dvc.lock names the model.
 */
export async function lookAtStored(
  context: ReproductionContext,
  revision: Revision,
): Promise<Compared> {
  const { registered, checkout, commit, request } = context;
  const { root } = checkout.project;
  const { model, locked, wanted } = revision;
  if (!model || locked.length === 0) throw notLocked(commit.hash);
  const checks: Check[] = [...compareLock(registered, locked, model, commit.hash)];
  const outs = wanted.stages.flatMap((stage) => stage.outs);
  const fetched = outs.filter(({ cache, push }) => cache && push).map(({ path }) => path);
  const sources = wanted.given.filter((address) => address.endsWith('.dvc'));
  request.view.line(`Fetching ${[...fetched, ...sources].join(', ')}`);
  const { code, output } = await context.dvc(['fetch', ...fetched, ...sources]);
  const cache = join(root, '.dvc/cache');
  const names = await objectNames(cache, outNames(locked));
  const damaged = damagedObjects(output, names);
  if (code !== 0 && damaged.length === 0) {
    throw new ExpectedFailure(explainTransfer('pull', context.remote, output));
  }
  const objects = [...(await checkObjects(cache, names)), ...damaged];
  const uncached = outs.filter((out) => !out.cache).map(({ path }) => path);
  checks.push(...objects, ...(await checkFiles(root, revision, uncached, commit.hash)));
  if (existsSync(objectPath(cache, registered.md5))) {
    const hash = registered.md5.replace(/\.dir$/, '');
    const found = objects.find(({ expected }) => expected === hash)?.found;
    checks.push({
      ...comparison('model', model.path, hash, String(found)),
      stage: model.stage.address,
    });
  }
  const texts = await metricTexts(root, revision, locked, cache);
  checks.push(...compareRegistered(registered.metrics, texts));
  return {
    checks,
    notes: ['Nothing was run: this compares what is stored with what is registered.'],
  };
}

/** Outs that Git keeps, as they are at the commit, against dvc.lock. */
async function checkFiles(
  root: string,
  { locked }: Revision,
  paths: readonly string[],
  commit: string,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { stage, outs } of locked) {
    for (const path of paths) {
      const hash = outs.get(path)?.hash;
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

function notLocked(commit: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `no commit has a dvc.lock that names the model, so that nothing tells what is stored of its run on ${commit.slice(0, 10)}`,
    hint: 'Without --pull it is made again.',
  });
}
