import { resolve } from 'node:path';
import type { Pipeline } from '../../../src/dvc/pipeline.ts';
import { loadProject } from '../../../src/dvc/read/load-project.ts';
import { type ProjectStatus, pipelineStatus } from '../../../src/dvc/status/pipeline-status.ts';
import type { Reason } from '../../../src/dvc/status/stage-reasons.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import type { Dvc, DvcAnswer, DvcDescription, DvcDifference, DvcStatus } from './dvc.ts';

export interface Comparison {
  /** Stages and `.dvc` files on whose verdict both agree, in every detail. */
  readonly agreed: number;
  /** Those that are left to DVC, with what is not understood. */
  readonly handedOver: readonly string[];
  /** Whether both refuse the project. */
  readonly refused: boolean;
  /** Each disagreement, in words; those that would skip a stage that DVC runs begin with UNSAFE. */
  readonly disagreements: readonly string[];
}

/** Compares what `dvc status` says of a project with what the native reader says. */
export async function compareStatus(
  dvc: Dvc,
  root: string,
  hashCache: string,
): Promise<Comparison> {
  const theirs = await dvc.ask<DvcStatus>('status', { root });
  let pipeline: Pipeline;
  let ours: ProjectStatus;
  try {
    pipeline = loadProject(root).pipeline;
    ours = await pipelineStatus(pipeline, { hashCache });
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    return compareRefusal(dvc, root, theirs, error);
  }
  const handedOver = ours.handovers.map(({ construct }) => construct);
  const judged = [...ours.stages, ...ours.sources];
  for (const status of judged) {
    for (const reason of status.reasons) {
      if (reason.kind === 'not-understood') handedOver.push(reason.construct);
    }
  }
  if ('error' in theirs) {
    const isAnswered = handedOver.length === 0;
    const disagreements = isAnswered ? [`DVC refuses, we answer: ${theirs.error}`] : [];
    return { agreed: 0, handedOver: [], refused: !isAnswered, disagreements };
  }
  if (ours.handovers.length > 0)
    return { agreed: 0, handedOver, refused: false, disagreements: [] };
  const disagreements: string[] = [];
  let agreed = 0;
  for (const { address, state, reasons } of judged) {
    const expected = theirs.value[address] ?? [];
    if (state === 'ask-dvc') continue;
    const left = JSON.stringify(normal(expected));
    const right = JSON.stringify(normal(asDvcSays(reasons, root)));
    if (left === right) {
      agreed++;
      continue;
    }
    const unsafe = state === 'unchanged' && expected.length > 0 ? 'UNSAFE ' : '';
    disagreements.push(`${unsafe}${address}: DVC says ${left}, we say ${right}`);
  }
  const known = new Set(judged.map(({ address }) => address));
  for (const address of Object.keys(theirs.value)) {
    if (!known.has(address)) disagreements.push(`UNSAFE ${address}: we do not know it`);
  }
  return { agreed, handedOver, refused: false, disagreements };
}

/** `dvc status` does not look at the graph, nor at params before it needs them; `dvc repro` does. */
async function compareRefusal(
  dvc: Dvc,
  root: string,
  theirs: DvcAnswer<DvcStatus>,
  error: ExpectedFailure,
): Promise<Comparison> {
  const refusal = { agreed: 0, handedOver: [], refused: true, disagreements: [] };
  if ('error' in theirs) return refusal;
  const planned = await dvc.ask('describe', { root });
  if ('error' in planned) return refusal;
  return { ...refusal, disagreements: [`we refuse, DVC does not: ${error.message}`] };
}

function asDvcSays(reasons: readonly Reason[], root: string): DvcDifference[] {
  // What lies outside of the project DVC calls by its absolute path.
  const called = (path: string) => (path.startsWith('../') ? resolve(root, path) : path);
  const deps: Record<string, string | Record<string, string>> = {};
  const outs: Record<string, string> = {};
  const rest: DvcDifference[] = [];
  for (const reason of reasons) {
    if (reason.kind === 'always') rest.push('always changed');
    if (reason.kind === 'command') rest.push('changed command');
    // Without a recorded hash DVC says modified.
    if (reason.kind === 'dep') deps[called(reason.path)] = changeWord(reason.change);
    if (reason.kind === 'params-file') deps[called(reason.file)] = reason.change;
    if (reason.kind === 'param') {
      const known = deps[called(reason.file)];
      deps[called(reason.file)] = {
        ...(typeof known === 'object' && known),
        [reason.key]: reason.change,
      };
    }
    if (reason.kind === 'out') outs[reason.path] = changeWord(reason.change);
  }
  return [
    ...(Object.keys(deps).length > 0 ? [{ 'changed deps': deps }] : []),
    ...(Object.keys(outs).length > 0 ? [{ 'changed outs': outs }] : []),
    ...rest,
  ];
}

function changeWord(change: string): string {
  return { new: 'modified', 'not-in-cache': 'not in cache' }[change] ?? change;
}

/** The same differences in one order. */
function normal(differences: readonly DvcDifference[]): unknown {
  return differences.map((each) => sorted(each)).sort((a, b) => text(a).localeCompare(text(b)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, sorted(child)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function text(value: unknown): string {
  return JSON.stringify(value);
}

/** Compares stages, deps, params, outs and edges with what DVC's Python API reports. */
export async function compareDescription(dvc: Dvc, root: string): Promise<readonly string[]> {
  const theirs = await dvc.demand<DvcDescription>('describe', { root });
  const { pipeline } = loadProject(root);
  const ours: DvcDescription = {
    stages: Object.fromEntries([
      ...pipeline.stages.map((stage) => [
        stage.address,
        {
          cmd: stage.isCmdList ? stage.cmd : (stage.cmd[0] ?? ''),
          deps: stage.deps,
          params: Object.fromEntries(stage.params.map(({ path, keys }) => [path, keys])),
          outs: stage.outs.map((out) => [out.path, out.cache, out.persist]),
        },
      ]),
      ...pipeline.sources.map((source) => [
        source.address,
        {
          cmd: null,
          deps: [],
          params: {},
          outs: source.outs.map((out) => [out.path, out.cache, out.persist]),
        },
      ]),
    ]),
    edges: Object.fromEntries([
      ...pipeline.stages.map(({ address }) => [
        address,
        [
          ...(pipeline.upstream.get(address) ?? []),
          ...(pipeline.upstreamSources.get(address) ?? []),
        ].sort(),
      ]),
      ...pipeline.sources.map((source) => [source.address, []]),
    ]),
  };
  const differences: string[] = [];
  for (const part of ['stages', 'edges'] as const) {
    for (const name of new Set([...Object.keys(theirs[part]), ...Object.keys(ours[part])])) {
      const left = text(sorted(theirs[part][name]));
      const right = text(sorted(ours[part][name]));
      if (left !== right)
        differences.push(`${part} of ${name}: DVC reads ${left}, we read ${right}`);
    }
  }
  return differences;
}
