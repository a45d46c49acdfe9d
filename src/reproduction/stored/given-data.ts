import { constants } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { giveTree } from '../../system/give-tree.ts';
import type { Check } from '../compare/result.ts';
import { fetchOrThrow, type ReproductionContext } from '../context/context.ts';
import { type Revision, recordedSources } from '../context/revision.ts';
import {
  checkObjects,
  missingObjects,
  objectNames,
  objectPath,
} from '../context/stored-objects.ts';
import { localCache } from './local-cache.ts';
import { notHashed, requireHashed } from './require-hashed.ts';

/**
 * Brings the data that no stage makes into the checkout: from the local cache what that has, else
 * from the remote. All of it is hashed, for DVC trusts what it fetched. Throws 'unreproducible' for
 * data that are not what their name says, and what keeps them from being fetched.
 */
export async function bringGiven(
  context: ReproductionContext,
  revision: Revision,
): Promise<Check[]> {
  const { remote, checkout, request } = context;
  const { given } = revision.wanted;
  const recorded = recordedSources(revision);
  requireHashed(revision, recorded);
  const cache = join(checkout.project.root, '.dvc/cache');
  await copyFromCache(localCache(request.project.root), cache, recorded);
  await giveTree(join(checkout.project.root, '.dvc'), checkout.project.user);
  const missing = missingObjects(cache, await objectNames(cache, recorded));
  if (missing.length > 0) {
    request.view.line(`Fetching what no stage makes: ${given.join(', ')}`);
    if (remote.kind === 'folder') await requireRight(remote.folder, recorded);
    await fetchOrThrow(context, ['pull', ...given]);
  } else {
    await fetchOrThrow(context, ['checkout', ...given]);
  }
  const checks = await requireRight(cache, recorded);
  const unseen = missingObjects(cache, await objectNames(cache, recorded));
  if (unseen.length > 0) throw notHashed(unseen);
  return checks;
}

/** What is right of it, as DVC itself protects what it stores. */
async function copyFromCache(
  from: string | undefined,
  to: string,
  recorded: ReturnType<typeof recordedSources>,
): Promise<void> {
  if (from === undefined) return;
  const names = await objectNames(from, recorded);
  const right = new Set(
    (await checkObjects(from, names)).flatMap(({ state, found }) =>
      state === 'same' ? [found] : [],
    ),
  );
  for (const md5 of names.keys()) {
    if (!right.has(md5.replace(/\.dir$/, ''))) continue;
    const path = objectPath(to, md5);
    await mkdir(dirname(path), { recursive: true });
    await copyFile(objectPath(from, md5), path, constants.COPYFILE_FICLONE);
    await chmod(path, 0o444);
  }
}

async function requireRight(
  folder: string,
  recorded: ReturnType<typeof recordedSources>,
): Promise<Check[]> {
  const checks = await checkObjects(folder, await objectNames(folder, recorded));
  const wrong = checks.filter(({ state }) => state === 'differs').map(({ what }) => what);
  if (wrong.length === 0) return checks;
  throw new ExpectedFailure({
    kind: 'unreproducible',
    cause: `the remote’s copy of ${wrong.join(', ')}, which the model is made of, is not what its name says`,
    hint: 'Whoever has the right one pushes it again: remove the wrong object from the remote first.',
  });
}
