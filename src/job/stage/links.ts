import type { StageResults } from '../../github/baton/stage-results.ts';
import { mlflowRunPage } from '../../mlflow/run-page.ts';
import { type DagsHub, repositoryPage } from '../../servers/dagshub.ts';
import { chooseTracking } from '../../servers/tracking.ts';
import { safeAddress } from '../../text/markdown-escape.ts';

export interface StageRun {
  readonly env: NodeJS.ProcessEnv;
  readonly dagsHub: DagsHub | undefined;
  /** The server that the stage logs to, where it may log at all. */
  readonly trackingUri: string | undefined;
  readonly run: string;
  readonly startedAt: Date;
  readonly outcome: StageResults['outcome'];
  /** MD5s of its outs, as dvc.lock has them. */
  readonly outs: readonly string[];
}

/**
 * Where a stage's results can be looked at: the MLflow run that it logged, found by the tag
 * `sibling.run`, or, for results of an earlier run, by `sibling.model_md5`; and DagsHub.
 */
export async function stageLinks({
  env,
  dagsHub,
  trackingUri,
  run,
  startedAt,
  outcome,
  outs,
}: StageRun): Promise<NonNullable<StageResults['links']>> {
  const page = trackingUri === undefined ? undefined : await runPage(trackingUri);
  const links = [
    ...(page === undefined ? [] : [{ kind: 'mlflow-run', url: page } as const]),
    ...(dagsHub ? [{ kind: 'dagshub', url: repositoryPage(dagsHub) } as const] : []),
  ];
  return links.filter(({ url }) => safeAddress(url) !== undefined && url.length <= 500);

  async function runPage(uri: string): Promise<string | undefined> {
    const tracking = chooseTracking(env, dagsHub);
    const client = tracking.kind === 'remote' ? tracking.env : {};
    if (outcome === 'ran') {
      return mlflowRunPage(uri, client, { tag: 'sibling.run', value: run, since: startedAt });
    }
    if (outcome !== 'cached') return undefined;
    for (const md5 of outs.slice(0, 10)) {
      const found = await mlflowRunPage(uri, client, { tag: 'sibling.model_md5', value: md5 });
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
