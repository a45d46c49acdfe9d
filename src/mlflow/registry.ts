import * as v from 'valibot';
import { ExpectedFailure } from '../errors.ts';
import { visible } from '../text/markdown-escape.ts';
import { type MlflowClient, shownAddress } from './client.ts';

/** A version of a registered model. */
export interface ModelVersion {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Absent for one that was registered without a run. */
  readonly run: string | undefined;
  /** `Staging`, `Production`, `Archived` of servers and clients before aliases; undefined for none. */
  readonly oldStage: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** A registered model without its versions. */
export interface RegisteredModel {
  readonly name: string;
  /** Version numbers by alias. */
  readonly aliases: ReadonlyMap<string, number>;
  readonly tags: ReadonlyMap<string, string>;
}

const tagList = v.nullish(
  v.array(v.object({ key: v.string(), value: v.nullish(v.string(), '') })),
  [],
);
/** The number of a version, which MLflow writes as a text. */
const versionNumber = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform(Number),
  v.safeInteger('no number of a version'),
);
const versionSchema = v.object({
  version: versionNumber,
  creation_timestamp: v.nullish(v.union([v.number(), v.string()]), 0),
  run_id: v.nullish(v.string()),
  current_stage: v.nullish(v.string()),
  tags: tagList,
});
const versionAnswer = v.object({ model_version: versionSchema });
const versionsAnswer = v.object({
  model_versions: v.nullish(v.array(versionSchema), []),
  next_page_token: v.nullish(v.string()),
});
const modelAnswer = v.object({
  registered_model: v.object({
    name: v.string(),
    tags: tagList,
    aliases: v.nullish(v.array(v.object({ alias: v.string(), version: versionNumber })), []),
  }),
});
const runAnswer = v.object({
  run: v.object({
    data: v.nullish(
      v.object({
        // NaN and the infinities come as words.
        metrics: v.nullish(
          v.array(v.object({ key: v.string(), value: v.union([v.number(), v.string()]) })),
          [],
        ),
      }),
    ),
  }),
});

/** The registered model of that name; undefined if there is none. */
export async function findModel(
  client: MlflowClient,
  name: string,
): Promise<RegisteredModel | undefined> {
  const answer = await client.get('registered-models/get', { name });
  if (answer === undefined) return undefined;
  const { registered_model: model } = read(client, modelAnswer, answer);
  return {
    name: model.name,
    aliases: new Map(model.aliases.map(({ alias, version }) => [alias, version])),
    tags: tagMap(model.tags),
  };
}

/** All versions of a model, newest first; none if there is no such model. */
export async function listVersions(client: MlflowClient, name: string): Promise<ModelVersion[]> {
  const versions: ModelVersion[] = [];
  const filter = `name=${quoted(name)}`;
  const tokens = new Set<string>();
  let token = '';
  let pages = 0;
  do {
    if (++pages > mostPages) throw endless(client, `it has no end after ${mostPages} pages`);
    const answer = await client.get('model-versions/search', {
      filter,
      max_results: '200',
      ...(token && { page_token: token }),
    });
    const page = read(client, versionsAnswer, answer ?? {});
    versions.push(...page.model_versions.map(readVersion));
    tokens.add(token);
    token = page.next_page_token ?? '';
    if (token !== '' && tokens.has(token)) throw endless(client, 'its page token comes again');
  } while (token !== '');
  return versions.sort((a, b) => b.number - a.number);
}

/** Of 200 versions each: more than these are a server that has no last page. */
const mostPages = 500;

function endless({ server }: MlflowClient, why: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'tracking',
    cause: `${shownAddress(server)} does not answer as MLflow does: its list of versions is not whole: ${why}`,
    hint: 'Check MLFLOW_TRACKING_URI.',
  });
}

/** As a text of MLflow's filters, which know no escapes. Throws 'usage' for one with both quotes. */
function quoted(name: string): string {
  if (!name.includes("'")) return `'${name}'`;
  if (!name.includes('"')) return `"${name}"`;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `MLflow cannot be asked for a model called ${name}`,
    hint: 'Give it a name without one of the two kinds of quotes.',
  });
}

/** One version; undefined if there is none of that number. */
export async function findVersion(
  client: MlflowClient,
  name: string,
  number: number,
): Promise<ModelVersion | undefined> {
  const answer = await client.get('model-versions/get', { name, version: String(number) });
  return answer === undefined
    ? undefined
    : readVersion(read(client, versionAnswer, answer).model_version);
}

/** The version that an alias points at now; undefined if it points at none. */
export async function aliasHolder(
  client: MlflowClient,
  name: string,
  alias: string,
): Promise<number | undefined> {
  return (await findModel(client, name))?.aliases.get(alias);
}

export async function setAlias(
  client: MlflowClient,
  name: string,
  alias: string,
  number: number,
): Promise<void> {
  await client.send('POST', 'registered-models/alias', { name, alias, version: String(number) });
}

export async function setVersionTag(
  client: MlflowClient,
  name: string,
  number: number,
  tag: { readonly key: string; readonly value: string },
): Promise<void> {
  await client.send('POST', 'model-versions/set-tag', { name, version: String(number), ...tag });
}

export async function deleteVersionTag(
  client: MlflowClient,
  name: string,
  number: number,
  key: string,
): Promise<void> {
  await client.send('DELETE', 'model-versions/delete-tag', { name, version: String(number), key });
}

export async function setModelTag(
  client: MlflowClient,
  name: string,
  tag: { readonly key: string; readonly value: string },
): Promise<void> {
  await client.send('POST', 'registered-models/set-tag', { name, ...tag });
}

export async function deleteModelTag(
  client: MlflowClient,
  name: string,
  key: string,
): Promise<void> {
  await client.send('DELETE', 'registered-models/delete-tag', { name, key });
}

/** The newest value of each metric of a run; none if there is no such run. */
export async function runMetrics(
  client: MlflowClient,
  run: string,
): Promise<ReadonlyMap<string, number>> {
  const answer = await client.get('runs/get', { run_id: run });
  if (answer === undefined) return new Map();
  const metrics = read(client, runAnswer, answer).run.data?.metrics ?? [];
  return new Map(metrics.map(({ key, value }) => [key, Number(value)]));
}

function readVersion(version: v.InferOutput<typeof versionSchema>): ModelVersion {
  const { run_id: run, current_stage: stage } = version;
  const created = Number(version.creation_timestamp);
  return {
    number: version.version,
    created: Number.isSafeInteger(created) ? created : 0,
    run: run || undefined,
    oldStage: !stage || stage === 'None' ? undefined : stage,
    tags: tagMap(version.tags),
  };
}

function tagMap(tags: readonly { key: string; value: string }[]): ReadonlyMap<string, string> {
  return new Map(tags.map(({ key, value }) => [key, value]));
}

function read<Schema extends v.GenericSchema>(
  { server }: MlflowClient,
  schema: Schema,
  answer: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new ExpectedFailure({
    kind: 'tracking',
    cause: `${shownAddress(server)} does not answer as MLflow does: ${v.getDotPath(issue) ?? 'the answer'}: ${visible(issue.message, 200)}`,
    hint: 'Check MLFLOW_TRACKING_URI; models need MLflow 2.3 or newer.',
  });
}
