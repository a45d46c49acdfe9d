import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readDvcConfig } from '../dvc/dvc-config.ts';
import { hashAll } from '../dvc/hash-worker.ts';
import { NotUnderstood } from '../dvc/not-understood.ts';
import { remoteName } from '../remote.ts';
import { removeTree } from '../scratch/remove-tree.ts';
import { explainTransfer } from '../transfer-failure.ts';
import type { ReproductionContext } from './context.ts';
import type { Check } from './result.ts';
import { metricPaths, type Revision, storedFolder } from './revision.ts';
import {
  checkObjects,
  damagedObjects,
  fetchStored,
  objectNames,
  objectPath,
  outNames,
} from './stored-objects.ts';

/**
 * Looks at the copy of the registered model that the remote has, or else the local cache, and brings
 * the metrics that are kept there. What was fetched then lies aside, so that nothing that runs finds
 * it.
 */
export async function checkStoredModel(
  { request, registered, checkout, dvc, remote }: ReproductionContext,
  { locked, model, wanted }: Revision,
): Promise<Check[]> {
  const { root } = checkout.project;
  const { md5 } = registered;
  const cached = new Set(
    wanted.stages.flatMap(({ outs }) => outs.filter(({ cache }) => cache).map(({ path }) => path)),
  );
  const known = new Set(outNames(locked).values());
  const metrics = metricPaths(wanted).filter((path) => cached.has(path) && known.has(path));
  const { code, output } = await fetchStored(root, dvc, md5, metrics);
  request.signal.throwIfAborted();

  const [cache, stored] = [join(root, '.dvc/cache'), storedFolder(root)];
  if (existsSync(cache)) {
    await mkdir(dirname(stored), { recursive: true });
    await rename(cache, stored);
  }
  await removeTree(join(root, '.sibling/dvc-site-cache'));
  const path = model?.path ?? registered.model;
  const names = await objectNames(stored, new Map([...outNames(locked), [md5, path]]));
  const damaged = damagedObjects(output, names);
  const checks = [...(await checkObjects(stored, names)), ...damaged];
  const isSeen = damaged.some(({ expected }) => expected === md5);
  if (isSeen || existsSync(objectPath(stored, md5))) return checks;
  const reason = code === 0 ? '' : `: ${explainTransfer('pull', remote, output).cause}`;
  return [
    ...checks,
    await checkCache(
      request.project.root,
      md5,
      path,
      `${remoteName(remote)} does not give it${reason}`,
    ),
  ];
}

async function checkCache(root: string, md5: string, what: string, why: string): Promise<Check> {
  const path = cachedObject(root, md5);
  const size = 0;
  const [result] = path ? await hashAll([{ path, kind: 'md5', size }]) : [];
  const expected = md5.replace(/\.dir$/, '');
  const check = { kind: 'stored', what, expected } as const;
  if (result === undefined || 'error' in result) {
    const text = `no stored copy of ${what} was looked at: ${why}, and the local cache has none`;
    return { ...check, state: 'note', found: null, text };
  }
  if (result.hash === expected) return { ...check, state: 'same', found: result.hash };
  const text = `the local cache’s copy of ${what} is not what its name says`;
  return { ...check, state: 'differs', found: result.hash, text };
}

function cachedObject(root: string, md5: string): string | undefined {
  try {
    const path = objectPath(readDvcConfig(root).cacheFolder, md5);
    return existsSync(path) ? path : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}
