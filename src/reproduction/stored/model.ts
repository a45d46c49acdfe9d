import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashAll } from '../../dvc/hash/worker.ts';
import { explainTransfer } from '../../remote/failure.ts';
import { remoteName } from '../../remote/remote.ts';
import { removeTree } from '../../system/remove-tree.ts';
import type { Check } from '../compare/result.ts';
import type { ReproductionContext } from '../context/context.ts';
import { metricPaths, type Revision, recordedOuts } from '../context/revision.ts';
import {
  checkObjects,
  damagedObjects,
  fetchStored,
  objectNames,
  objectPath,
} from '../context/stored-objects.ts';
import { localCache } from './local-cache.ts';

export interface StoredModel {
  readonly checks: readonly Check[];
  /** Laid out as a cache, with the model and the metrics that are stored, as far as they were had. */
  readonly folder: string;
}

/**
 * Looks at the copy of the registered model that the remote has, or else the local cache, and brings
 * the metrics that are kept there. What was fetched lies aside, so that nothing that runs finds it.
 */
export async function checkStoredModel(
  context: ReproductionContext,
  revision: Revision,
): Promise<StoredModel> {
  const { request, registered, remote } = context;
  const { md5 } = registered;
  const path = revision.model?.path ?? registered.model;
  const { folder, output, code } = await bringStored(context, revision);
  const names = await objectNames(folder, [{ path, kind: 'md5', hash: md5 }]);
  const damaged = damagedObjects(output, names);
  const checks = [...(await checkObjects(folder, names)), ...damaged];
  if (checks.some(({ what }) => what === path)) return { checks, folder };
  const reason = code === 0 ? '' : ` (${explainTransfer('pull', remote, output).cause})`;
  const why = `${remoteName(remote)} does not give it${reason}`;
  return { checks: [...checks, await checkCache(request.project.root, md5, path, why)], folder };
}

/** A remote that is a folder is looked at where it is; DVC would remove from it what is wrong. */
async function bringStored(
  { registered, checkout, dvc, remote, request }: ReproductionContext,
  revision: Revision,
): Promise<{ folder: string; code: number; output: readonly string[] }> {
  if (remote.kind === 'folder') return { folder: remote.folder, code: 0, output: [] };
  const { root } = checkout.project;
  const known = recordedOuts(revision).map(({ path }) => path);
  const metrics = metricPaths(revision.wanted).filter((path) => known.includes(path));
  const fetched = await fetchStored(root, dvc, registered.md5, metrics);
  request.signal.throwIfAborted();
  const [cache, folder] = [join(root, '.dvc/cache'), join(root, '.sibling/stored')];
  if (existsSync(cache)) {
    await mkdir(dirname(folder), { recursive: true });
    await rename(cache, folder);
  }
  await removeTree(join(root, '.sibling/dvc-site-cache'));
  return { folder, ...fetched };
}

async function checkCache(root: string, md5: string, what: string, why: string): Promise<Check> {
  const cache = localCache(root);
  const cached = cache && objectPath(cache, md5);
  const path = cached && existsSync(cached) ? cached : undefined;
  const [result] = path ? await hashAll([{ path, kind: 'md5', size: 0 }]) : [];
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
