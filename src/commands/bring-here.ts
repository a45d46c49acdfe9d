import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { remoteName } from '../remote.ts';
import { plainTransferView } from '../terminal/transfer-view.ts';
import { pull } from '../transfer.ts';
import { accessDvc } from './runner-access.ts';
import { openEngine, type ProjectSession } from './session.ts';

/** Fetches those of the outs that are not in the workspace; starts nothing where all are there. */
export async function bringHere(
  session: ProjectSession,
  outs: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const targets = [...new Set(outs)].filter(
    (path) => !existsSync(join(session.project.root, path)),
  );
  if (targets.length === 0) return;
  const engine = await openEngine(session);
  const { where, request, remote, dagsHub } = await accessDvc(session, engine, signal);
  session.report(`Pulling ${targets.join(', ')} from ${remoteName(remote)}`);
  await pull({ where, request, targets, view: plainTransferView(session.report), dagsHub });
}
