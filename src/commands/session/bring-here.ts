import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pipeline } from '../../dvc/pipeline.ts';
import { remoteName } from '../../remote/remote.ts';
import { contains } from '../../system/contains.ts';
import { pull } from '../../transfer/transfer.ts';
import { plainTransferView } from '../../transfer/view.ts';
import { accessDvc } from './runner-access.ts';
import { openEngine, type ProjectSession } from './session.ts';

/**
 * Fetches those of the paths that DVC keeps and that are not in the workspace; starts nothing where
 * all are there.
 */
export async function bringHere(
  session: ProjectSession,
  { stages, sources }: Pipeline,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const outs = [...stages, ...sources].flatMap((maker) => maker.outs.map(({ path }) => path));
  const needed = paths.flatMap((path) => [
    ...outs.filter((out) => contains(path, out)),
    ...(outs.some((out) => out !== path && contains(out, path)) ? [path] : []),
  ]);
  const targets = [...new Set(needed)].filter(
    (path) => !existsSync(join(session.project.root, path)),
  );
  if (targets.length === 0) return;
  const engine = await openEngine(session);
  const { where, request, remote, dagsHub } = await accessDvc(session, engine, signal);
  session.report(`Pulling ${targets.join(', ')} from ${remoteName(remote)}`);
  await pull({ where, request, targets, view: plainTransferView(session.report), dagsHub });
}
