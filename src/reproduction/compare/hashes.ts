import type { FileHash } from '../../dvc/pipeline.ts';
import { depTagName, type RegisteredVersion } from '../wanted/registered.ts';
import type { ModelOut, StageRecord } from '../wanted/stage-records.ts';
import type { Check, CheckKind } from './result.ts';

/** Whether dvc.lock at the commit says of the model what the registry says. */
export function compareLock(
  registered: RegisteredVersion,
  locked: readonly StageRecord[],
  model: ModelOut,
  commit: string,
): Check[] {
  const record = locked.find(({ stage }) => stage === model.stage);
  const at = `dvc.lock at ${commit.slice(0, 10)}`;
  const own = comparison('lock', model.path, registered.md5, record?.outs.get(model.path)?.hash);
  return [
    { ...own, ...(own.state === 'differs' && { text: `${at} names another model` }) },
    ...compareDeps('lock', registered, record?.deps ?? new Map()).map((check) => ({
      ...check,
      ...(check.state === 'differs' && {
        text: `${at} says that the model was made ${check.found === null ? 'without it' : 'of another'}`,
      }),
    })),
  ].map((check) => ({ ...check, stage: model.stage.address }));
}

/** The deps of the model's stage against the registered ones; one that is registered must be there. */
export function compareDeps(
  kind: CheckKind,
  { deps }: RegisteredVersion,
  found: ReadonlyMap<string, FileHash>,
): Check[] {
  const names = new Set([...found.keys()].map(depTagName));
  const gone = [...deps].filter(([name]) => !names.has(name));
  return [
    ...[...found].flatMap(([path, { hash }]) => {
      const expected = deps.get(depTagName(path));
      return expected === undefined ? [] : [comparison(kind, path, expected, hash)];
    }),
    ...gone.map(([name, expected]) => ({
      ...comparison(kind, name, expected, undefined),
      text: 'the model was made of it, and its stage no longer depends on it',
    })),
  ];
}

/** What all stages made, against dvc.lock at the commit; the model itself has a check of its own. */
export function compareOuts(
  before: readonly StageRecord[],
  after: readonly StageRecord[],
  model: ModelOut | undefined,
): Check[] {
  return after.flatMap(({ stage, outs }) => {
    const old = before.find((record) => record.stage.address === stage.address);
    if (!old) return [];
    return [...outs].flatMap(([path, made]): Check[] => {
      const locked = old.outs.get(path);
      if (path === model?.path || locked?.hash === undefined) return [];
      const check = comparison('out', path, locked.hash, made.hash);
      const isSized = locked.size !== undefined && made.size !== undefined;
      const difference = isSized ? (made.size ?? 0) - (locked.size ?? 0) : 0;
      return [
        {
          ...check,
          stage: stage.address,
          ...(check.state === 'differs' && isSized && { difference }),
        },
      ];
    });
  });
}

/**
 * The workspace's own dvc.lock, where it speaks of the same inputs: outs that it has otherwise than
 * both the commit and what was made (`after`) were not made of them. Nothing is proven where nothing
 * ran: then it is a note.
 */
export function compareHere(
  here: readonly StageRecord[],
  before: readonly StageRecord[],
  after: readonly StageRecord[],
  isProven: boolean,
): Check[] {
  return after.flatMap((made) => {
    const { address } = made.stage;
    const same = (record: StageRecord) => record.stage.address === address;
    const [mine, old] = [here.find(same), before.find(same)];
    if (!mine || !old || !hasSameInputs(mine, made)) return [];
    return [...made.outs].flatMap(([path, { hash }]): Check[] => {
      const found = mine.outs.get(path)?.hash;
      const isStable = hash !== undefined && old.outs.get(path)?.hash === hash;
      if (!isStable || found === undefined || found === hash) return [];
      const text = `dvc.lock in the workspace names another ${path} for the same inputs`;
      const state = isProven ? 'differs' : 'note';
      return [{ kind: 'lock', what: path, stage: address, state, expected: hash, found, text }];
    });
  });
}

function hasSameInputs(left: StageRecord, right: StageRecord): boolean {
  const inputs = ({ deps, params }: StageRecord) =>
    JSON.stringify([[...deps].map(([path, { hash }]) => [path, hash]).sort(), [...params].sort()]);
  return inputs(left) === inputs(right);
}

/** Parameters that dvc.lock at the commit has otherwise than the params files there. */
export function compareParams(
  before: readonly StageRecord[],
  after: readonly StageRecord[],
): Check[] {
  return after.flatMap(({ stage, params }) => {
    const old = before.find((record) => record.stage.address === stage.address);
    return [...params].flatMap(([what, found]): Check[] => {
      const expected = old?.params.get(what);
      if (expected === undefined || expected === found) return [];
      const text = 'dvc.lock at the commit is of a run with another value';
      return [{ kind: 'param', what, stage: stage.address, state: 'note', expected, found, text }];
    });
  });
}

/** Two hashes, or two names, of which one may be unknown. */
export function comparison(
  kind: CheckKind,
  what: string,
  expected: string,
  found: string | undefined,
): Check {
  const state = expected === found ? 'same' : 'differs';
  return { kind, what, state, expected, found: found ?? null };
}
