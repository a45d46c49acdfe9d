import * as v from 'valibot';
import { mlflowClient, mlflowServerOf } from './client.ts';

/** Which run is looked for: one that carries a tag, and began no earlier than that. */
export interface RunSought {
  readonly tag: string;
  readonly value: string;
  readonly since?: Date;
}

/** Ids as MLflow and DagsHub make them: they become a part of an address. */
const id = v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/));
const experimentsSchema = v.object({
  experiments: v.nullish(v.array(v.object({ experiment_id: id })), []),
});
const runsSchema = v.object({
  runs: v.nullish(v.array(v.object({ info: v.object({ run_id: id, experiment_id: id }) })), []),
});

/**
 * The page of the newest MLflow run that carries a tag, on the server's own pages. `env` has the
 * credentials as an MLflow client takes them. Undefined where there is none, and where the server
 * does not say: a link is nothing to fail for.
 */
export async function mlflowRunPage(
  uri: string,
  env: NodeJS.ProcessEnv,
  { tag, value, since }: RunSought,
): Promise<string | undefined> {
  const server = mlflowServerOf({ ...env, MLFLOW_TRACKING_URI: uri });
  if (!server) return undefined;
  const client = mlflowClient(server, { deadline: 10_000, tries: 1 });
  try {
    const { experiments } = v.parse(
      experimentsSchema,
      await client.send('POST', 'experiments/search', { max_results: 1_000 }),
    );
    if (experiments.length === 0) return undefined;
    const began = since ? ` and attributes.start_time >= ${since.getTime()}` : '';
    const { runs } = v.parse(
      runsSchema,
      await client.send('POST', 'runs/search', {
        experiment_ids: experiments.map(({ experiment_id }) => experiment_id),
        filter: `tags.\`${tag}\` = '${value.replaceAll("'", '')}'${began}`,
        order_by: ['attributes.start_time DESC'],
        max_results: 1,
      }),
    );
    const [found] = runs;
    if (!found) return undefined;
    const { experiment_id: experiment, run_id: run } = found.info;
    return `${server.uri}/#/experiments/${experiment}/runs/${run}`;
  } catch {
    return undefined;
  }
}
