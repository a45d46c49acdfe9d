import { ExpectedFailure } from '../errors.ts';
import { findModel, findVersion, listVersions, type ModelVersion } from '../mlflow/registry.ts';
import { compareMetrics } from '../report/compare/metrics.ts';
import type { MetricRow } from '../report/report.ts';
import { holderOf } from './alias.ts';
import { asFiles } from './metric-names.ts';
import type { PromotionRequest } from './request.ts';
import { versionMetrics } from './version-metrics.ts';

/** What the gates say of a candidate for an alias. */
export interface Judgement {
  /** Who holds the alias now. */
  readonly previous: number | undefined;
  readonly isHolder: boolean;
  readonly passes: boolean;
  /** The metrics with a gate: of the version that holds the alias and of the candidate. */
  readonly rows: readonly MetricRow[];
  /** What a person should know beside the rows. */
  readonly notes: readonly string[];
}

/**
 * Compares a candidate with the version that holds the alias. What cannot be compared does not pass:
 * a holder without metrics, or a candidate without any that has a gate.
 */
export async function judgeCandidate(
  request: PromotionRequest,
  version: ModelVersion | undefined,
): Promise<Judgement> {
  const { client, model, alias, gates, reasons } = request;
  const { holder, isSet } = await findHolder(request);
  const isHolder = isSet && holder !== undefined && holder.number === version?.number;
  const asked = gates.filter(({ level }) => level !== 'off');
  const own = version && !request.metrics ? await versionMetrics(client, version) : undefined;
  const after = request.metrics ?? asFiles(own?.values ?? new Map(), asked, undefined, true);
  const known = holder && (await versionMetrics(client, holder));
  const before = known && asFiles(known.values, asked, after, known.isComplete);
  const comparable = before !== undefined && before.length > 0;
  const rows = compareMetrics(comparable ? before : undefined, after, asked, 'known').filter(
    ({ gate }) => gate !== undefined && gate.level !== 'off',
  );
  const obstacles: string[] = [];
  const notes: string[] = [];
  if (rows.some((row) => row.broken && row.gate?.level === 'fail')) {
    obstacles.push('A gate is broken.');
  }
  if (asked.length === 0) {
    notes.push('warning: no gate says anything of this model: nothing was compared.');
  } else if (rows.every(({ after: value }) => value === undefined)) {
    obstacles.push('No metric of it has a gate: nothing could be compared.');
  }
  if (holder && !isHolder && !comparable && asked.some(({ better }) => better !== undefined)) {
    obstacles.push(
      `Neither the tags nor the run of version ${holder.number}, which holds ${alias}, have metrics to compare with.`,
    );
  }
  const passes = obstacles.length === 0 || reasons.override !== undefined;
  if (passes && version === undefined) {
    notes.push(`No version of ${model} is this model: it is registered first.`);
  }
  if (reasons.override !== undefined && obstacles.length > 0) {
    notes.push(`Overridden: ${reasons.override}`);
  }
  return { previous: holder?.number, isHolder, passes, rows, notes: [...obstacles, ...notes] };
}

async function findHolder({ client, model, alias }: PromotionRequest) {
  const registered = await findModel(client, model);
  if (!registered) return { holder: undefined, isSet: false };
  const number = registered.aliases.get(alias);
  if (number === undefined) {
    const versions = await listVersions(client, model);
    return { holder: holderOf(alias, registered, versions), isSet: false };
  }
  const holder = await findVersion(client, model, number);
  if (holder) return { holder, isSet: true };
  throw new ExpectedFailure({
    kind: 'tracking',
    cause: `${alias} of ${model} points at version ${number}, which the server does not have`,
    hint: 'Delete the alias in MLflow, then promote again.',
  });
}
