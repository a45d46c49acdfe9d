import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readDvcConfig } from '../../dvc/config/dvc-config.ts';
import { checkAllObjects } from '../../dvc/hash/check-objects.ts';
import { lockFileOf, readLock } from '../../dvc/lock/lock.ts';
import type { FileHash, Pipeline } from '../../dvc/pipeline.ts';
import { missingDeps } from '../../dvc/status/missing-deps.ts';
import { hashAt } from '../../dvc/status/stage-reasons.ts';
import type { ExpectedFailure } from '../../errors.ts';
import { outsideRefusals } from '../../outside/find/before-run.ts';
import type { Project } from '../../project/project.ts';
import { standIns } from '../../stage/stand-ins/refuse.ts';
import { trackedOuts } from '../../stage/tracked-outs.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { type Check, type Finding, judged, type Trouble } from '../check.ts';
import type { Subject } from '../subject.ts';
import type { DeclaredPipeline } from './pipeline.ts';

/** Data that should be here: what stages read that no stage makes, and what dvc.lock says was made. */
export function dataChecks(
  { env }: Subject,
  project: Check<Project>,
  pipeline: Check<DeclaredPipeline>,
) {
  const deps: Check = {
    name: 'deps',
    kind: 'configuration',
    needs: [project, pipeline],
    deadline: 5_000,
    async look(given) {
      const { root } = given(project);
      const read = given(pipeline).pipeline;
      const text = 'all that stages read is here, or made by stages';
      const untrue = await standIns(root, read.stages);
      const troubles = [
        ...missingDeps(read, read.stages).map((failure) => troubleOf({ failure: { failure } })),
        ...untrue.map(troubleOf),
        ...refusedDeps(given(project), env),
      ];
      return judged(troubles, { text, value: undefined, kind: 'configuration' });
    },
  };
  const outs: Check = {
    name: 'outs',
    kind: 'dvc',
    needs: [project, pipeline],
    deadline: 60_000,
    async look(given) {
      try {
        const { root } = given(project);
        const read = given(pipeline).pipeline;
        const finding = await lookForOuts(root, read, env);
        if (finding.state !== 'ok') return finding;
        const tracked = (await trackedOuts(root, read.stages)).map((out): Trouble => {
          return { ...troubleOf(out), state: 'warning' };
        });
        return judged(tracked, { text: finding.text, value: undefined, kind: 'dvc' });
      } catch (error) {
        if (!(error instanceof NotUnderstood)) throw error;
        return {
          state: 'skipped',
          needs: `DVC itself to read ${error.construct} (sibling status)`,
        };
      }
    },
  };
  return { deps, outs };
}

/** What a run would refuse to give to a stage, or could not. */
function refusedDeps(project: Project, env: NodeJS.ProcessEnv): Trouble[] {
  return outsideRefusals(project, env).map(troubleOf);
}

function troubleOf({ failure }: { readonly failure: Pick<ExpectedFailure, 'failure'> }): Trouble {
  const { cause, hint, place } = failure.failure;
  return { state: 'failure', text: cause, hint, ...(place && { place }) };
}

/** An out that was made: the hash that is recorded, and whether DVC's cache should have it. */
interface MadeOut {
  readonly stage: string;
  readonly hash: FileHash;
  readonly inCache: boolean;
}

async function lookForOuts(
  root: string,
  pipeline: Pipeline,
  env: NodeJS.ProcessEnv,
): Promise<Finding> {
  const made = madeOuts(root, pipeline);
  const absent = made.filter(({ hash }) => !exists(resolve(root, hash.path)));
  const lost = await notCached(absent, readDvcConfig(root, env).cacheFolder);
  const cached = made.filter(({ inCache }) => inCache);
  const here = `${made.length} ${made.length === 1 ? 'out' : 'outs'} of dvc.lock in the workspace or in the cache`;
  if (lost.length === 0) {
    const text = made.length > 0 ? here : 'dvc.lock names none yet';
    return { state: 'ok', text, value: undefined };
  }
  const names = lost.slice(0, 5).map(({ hash, stage }) => `${hash.path} (stage ${stage})`);
  const more = lost.length > 5 ? ` and ${lost.length - 5} more` : '';
  const hint =
    'sibling pull fetches what was pushed (sibling status --remote tells); what nobody pushed, sibling run makes again.';
  if (cached.length > 0 && cached.every((out) => lost.includes(out))) {
    const text = 'no out of dvc.lock is here: a fresh clone, or an empty cache';
    return { state: 'warning', text, hint, value: undefined };
  }
  return {
    state: 'failure',
    failure: {
      kind: 'dvc',
      cause: `output does not exist: ${names.join(', ')}${more}, neither in the workspace nor in the cache`,
      hint,
    },
  };
}

function madeOuts(root: string, { stages, sources }: Pipeline): MadeOut[] {
  const locks = new Map(
    [...new Set(stages.map(({ file }) => lockFileOf(file)))].map((file) => [
      file,
      readLock(root, file),
    ]),
  );
  const ofStages = stages.flatMap((stage) => {
    const recorded = locks.get(lockFileOf(stage.file))?.stages.get(stage.name);
    return stage.outs.map(({ path, cache }) => ({
      stage: stage.address,
      hash: hashAt(recorded?.outs, stage.written.get(path) ?? path, path),
      inCache: cache,
    }));
  });
  const ofSources = sources.flatMap(({ address, outs, hashes }) =>
    outs.flatMap(({ cache }, index) => {
      const hash = hashes[index];
      return hash ? [{ stage: address, hash, inCache: cache }] : [];
    }),
  );
  return [...ofStages, ...ofSources].filter(({ hash }) => hash.hash !== undefined);
}

async function notCached(outs: readonly MadeOut[], cacheFolder: string): Promise<MadeOut[]> {
  const questions = outs.map(({ hash: { kind, hash = '' } }) => ({
    hash,
    folder: kind === 'md5' ? join(cacheFolder, 'files/md5') : cacheFolder,
  }));
  const files = outs.reduce((sum, { hash }) => sum + (hash.nfiles ?? 1), 0);
  const answers = await checkAllObjects(questions, files);
  // Git keeps what the cache does not; but a run leaves a copy in the cache all the same.
  return outs.filter((_, index) => answers[index]?.isMissing !== false);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
