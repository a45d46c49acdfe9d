import { stageMetrics } from '../../dvc/metric-paths.ts';
import type { FileHash, Pipeline, Stage } from '../../dvc/pipeline.ts';
import { readPipelineWithPython } from '../../dvc/read/pipeline.ts';
import type { MetricGate } from '../../metrics/gates.ts';
import { stageGates } from '../../report/read/result-files.ts';
import { firstOf, objectReader } from '../../report/read/revision-reader.ts';
import { textOf } from '../../revision/entry.ts';
import { workspaceFiles } from '../../revision/workspace-files.ts';
import { configureStages } from '../../stage/options/options.ts';
import type { SourceCommit } from '../checkout/find-commit.ts';
import type { MetricTexts } from '../compare/values.ts';
import { depTagName, type RegisteredVersion } from '../wanted/registered.ts';
import {
  type ModelOut,
  outWithHash,
  readRecords,
  type StageRecord,
} from '../wanted/stage-records.ts';
import { type WantedStages, wantedStages } from '../wanted/stages.ts';

/** The project as it is at the commit. */
export interface Revision {
  readonly pipeline: Pipeline;
  /** What dvc.lock has of the version's run; empty where it is of another one. */
  readonly locked: readonly StageRecord[];
  /** Undefined where neither dvc.lock nor the deps tell. */
  readonly model: ModelOut | undefined;
  readonly wanted: WantedStages;
}

/** Reads the checkout. Throws 'configuration' for what DVC would refuse. */
export async function readRevision(
  root: string,
  registered: RegisteredVersion,
  commit: SourceCommit,
): Promise<Revision> {
  const pipeline = await readPipelineWithPython(root);
  const locked = commit.from === 'run' ? [] : readRecords(root, pipeline);
  const model = outWithHash(locked, registered.md5) ?? outOfStageWith(registered.deps, pipeline);
  return { pipeline, locked, model, wanted: wantedStages(pipeline, model) };
}

/** The out of the stage that has just these deps; of several outs the declared model, or the first. */
function outOfStageWith(
  deps: ReadonlyMap<string, string>,
  { stages, topLevel }: Pipeline,
): ModelOut | undefined {
  const hasThem = ({ deps: paths }: Stage) =>
    paths.length > 0 &&
    paths.length === deps.size &&
    paths.every((path) => deps.has(depTagName(path)));
  const stage = stages.find(hasThem);
  const outs = stage?.outs.filter(({ kind }) => kind === 'out') ?? [];
  const declared = topLevel.flatMap(({ artifacts }) =>
    Object.values(artifacts).map((artifact) => (Object(artifact) as { path?: unknown }).path),
  );
  const out = outs.find(({ path }) => declared.includes(path)) ?? outs[0];
  return stage && out && { stage, path: out.path };
}

/** Metrics files of the wanted stages as they are in a folder; cached ones from `cache`, if given. */
export async function metricTexts(
  root: string,
  { wanted }: Revision,
  records: readonly StageRecord[],
  cache?: string,
): Promise<MetricTexts> {
  const outs = new Map(
    records.flatMap((record) =>
      [...record.outs].flatMap(([path, { hash }]) => (hash ? [[path, { hash }] as const] : [])),
    ),
  );
  const reader = cache
    ? firstOf(workspaceFiles(root), objectReader(outs, [cache]))
    : workspaceFiles(root);
  const texts = new Map<string, string>();
  for (const path of metricPaths(wanted)) {
    const found = textOf(await reader.at(path));
    if (found && 'text' in found) texts.set(path, found.text);
  }
  return texts;
}

/** Where the wanted stages write metrics. */
export function metricPaths({ stages }: WantedStages): string[] {
  return stages.flatMap(stageMetrics);
}

/** What the wanted stages say of their metrics. Throws 'configuration' for a wrong gate. */
export function gatesOf(root: string, { wanted }: Revision): MetricGate[] {
  return configureStages(root, wanted.stages).flatMap(stageGates);
}

/** What dvc.lock has of the outs of the wanted stages that a remote may have. */
export function recordedOuts({ locked, wanted }: Revision): FileHash[] {
  return locked
    .filter(({ stage }) => wanted.stages.includes(stage))
    .flatMap(({ stage, outs }) =>
      stage.outs
        .filter(({ cache, push }) => cache && push)
        .flatMap(({ path }) => outs.get(path) ?? []),
    );
}

/** What is recorded of the data that the wanted stages are given: `.dvc` files, frozen stages. */
export function recordedSources({ pipeline, locked, wanted }: Revision): FileHash[] {
  const sources = pipeline.sources.filter(({ address }) => wanted.given.includes(address));
  const frozen = locked.filter(({ stage }) => wanted.given.includes(stage.address));
  return [
    ...sources.flatMap(({ hashes }) => hashes),
    ...frozen.flatMap(({ stage, outs }) =>
      // The others are files of the commit.
      stage.outs.filter(({ cache }) => cache).flatMap(({ path }) => outs.get(path) ?? []),
    ),
  ];
}
