import type { RegisteredVersion } from '../wanted/registered.ts';
import type { StageRecord } from '../wanted/stage-records.ts';
import { type Check, verdictOf } from './result.ts';

export interface Evidence {
  readonly registered: RegisteredVersion;
  readonly checks: readonly Check[];
  /** What dvc.lock has at the commit; empty where it is of another run. */
  readonly before: readonly StageRecord[];
  readonly after: readonly StageRecord[];
}

/** What most likely lies behind the differences, in sentences; none where nothing differs. */
export function likelyCauses(evidence: Evidence): string[] {
  const { checks } = evidence;
  if (verdictOf(checks) !== 'differs') return [];
  const causes: string[] = [];
  const found = (kind: Check['kind']) =>
    checks.filter((check) => check.kind === kind && check.state !== 'same');
  const [base] = found('base-image');
  const [image] = found('image');
  if (base) {
    causes.push(
      `Most likely the cause: the base image changed (${short(base.expected)}, now ${short(base.found)}). A base made of Debian's packages is another one on each machine.`,
    );
  } else if (image) {
    causes.push(
      `Most likely the cause: the image of stage ${image.stage} is another one (${image.expected}, now ${image.found}): another base image, another platform, or another content of its folder.`,
    );
  }
  const params = found('param').map(
    ({ what, expected, found: now }) => `${what} ${expected} → ${now}`,
  );
  if (params.length > 0) {
    causes.push(`dvc.lock at the commit is of a run with other parameters: ${params.join(', ')}.`);
  }
  const read = found('dep').map(({ what }) => what);
  if (read.length > 0) causes.push(`The model was made of another ${read.join(', ')} this time.`);
  if (causes.length > 0) return causes;
  const first = firstDivergence(evidence);
  if (first === undefined) return [];
  return [
    `It begins at stage ${first}: from the same inputs it made something else. Look there for what is not the same each time: a time, a random number without a seed, the order of threads.`,
  ];
}

/** The first stage that read the same as before and made something else. */
function firstDivergence({ registered, checks, before, after }: Evidence): string | undefined {
  for (const { stage, deps, outs } of after) {
    const old = before.find((record) => record.stage.address === stage.address);
    const isSame = (now: StageRecord['deps'], then: StageRecord['deps'] | undefined) =>
      then !== undefined && [...now].every(([path, { hash }]) => then.get(path)?.hash === hash);
    if (old && isSame(deps, old.deps) && !isSame(outs, old.outs)) return stage.address;
  }
  const model = checks.find(({ kind, state }) => kind === 'model' && state === 'differs');
  return registered.deps.size > 0 ? model?.stage : undefined;
}

function short(id: string | number | null): string {
  return String(id).replace(/^(sha256:.{12}).*/, '$1');
}
