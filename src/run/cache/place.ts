import { createHash } from 'node:crypto';

/**
 * Which run-cache entries of the remote a run may read beside DVC's own `runs`, and where it writes;
 * dvc-runner/transfer/unmerged_results.py does it.
 */
export interface RunCachePlace {
  /** Of all that this repository keeps of unmerged commits. */
  readonly folder: string;
  /** The commit under which this run's entries go; absent: to DVC's own, as results of what is merged. */
  readonly writes?: string;
  /** Where that commit is marked: below the tree of its files, and below its pull request or ref. */
  readonly marks: readonly string[];
  /** Commits whose entries may be looked at, in this order. */
  readonly reads: readonly string[];
  /** So may those of the commits that are marked here. */
  readonly marked: readonly string[];
  /** A fork's run sends nothing to a remote. */
  readonly isFork: boolean;
}

/** What a job's environment, its event and its checkout say. */
export interface JobFacts {
  /** GitHub's name of the event; absent outside a job. */
  readonly event?: string;
  readonly underAct: boolean;
  /** Address and name of the repository. */
  readonly repository: string;
  /** Such as `refs/heads/main`. */
  readonly ref?: string;
  readonly defaultBranch?: string;
  /** The commit that GitHub says the job is of. */
  readonly commit?: string;
  /** The number of a pull request. */
  readonly pull?: number;
  /** The head of a pull request or of a merge group. */
  readonly head?: string;
  /** What a push or a push to a pull request found there. */
  readonly before?: string;
  /** The commits that a push brought, oldest first. */
  readonly pushed: readonly string[];
  readonly fromFork: boolean;
  readonly checkout?: Checkout;
  /** Whether a run of what is merged may take results of its commits; it may unless it says `off`. */
  readonly takesMerged: boolean;
}

/** The commit that is checked out. */
export interface Checkout {
  readonly commit: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

/** Events whose ref says what is run. */
const onRef = ['push', 'workflow_dispatch'];
/** GitHub runs these on the default branch alone. */
const onDefaultBranch = ['schedule', 'repository_dispatch'];

/** The newest commits of a push that are looked at: each costs a question to the remote. */
const mostPushed = 20;

/**
 * Where a run's results belong. Undefined: to DVC's own run-cache, as on a person's machine, which act
 * is too. In a job only a run of the default branch's own commit counts as merged; whatever else a job
 * may run for, also an event that is not known, is unmerged.
 */
export function runCachePlace(facts: JobFacts): RunCachePlace | undefined {
  const { checkout, commit, head, before, fromFork, pull } = facts;
  if (facts.event === undefined || facts.underAct) return undefined;
  const folder = `sibling/unmerged/${idOf(facts.repository)}`;
  // By these, results are found of squashed and rebased commits too.
  const sameFiles = checkout ? [`trees/${checkout.tree}`] : [];
  // Of a merge: what was merged.
  const merged = checkout?.parents.slice(1) ?? [];
  if (isOfDefaultBranch(facts)) {
    if (!facts.takesMerged) return { folder, marks: [], reads: [], marked: [], isFork: false };
    const pushed = facts.pushed.slice(-mostPushed).toReversed();
    const reads = commits(checkout?.commit, ...merged, ...pushed);
    return { folder, marks: [], reads, marked: sameFiles, isFork: false };
  }
  const [writes] = commits(head, checkout?.commit, commit);
  // Commits of one pull request or branch go on with one another's results, whatever came between.
  const series = pull === undefined ? facts.ref : `refs/pull/${pull}`;
  const marks = [...sameFiles, ...(series ? [`series/${idOf(series)}`] : [])];
  return {
    folder,
    // Without any commit there is no place; what is nowhere is not read either.
    writes: writes ?? 'unknown',
    marks,
    reads: commits(writes, before, ...merged),
    marked: marks,
    isFork: fromFork,
  };
}

function isOfDefaultBranch({ event = '', ref, defaultBranch, commit, checkout }: JobFacts) {
  const isThere =
    onDefaultBranch.includes(event) ||
    (onRef.includes(event) && defaultBranch !== undefined && ref === `refs/heads/${defaultBranch}`);
  // A job of the default branch may have checked out something else.
  return isThere && (checkout === undefined || checkout.commit === commit);
}

/** Several repositories, and forks of one that have the same commits, may share a remote. */
function idOf(name: string): string {
  return createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 16);
}

function commits(...found: readonly (string | undefined)[]): string[] {
  const isCommit = (sha: string | undefined): sha is string =>
    sha !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha) && !/^0+$/.test(sha);
  return [...new Set(found.filter(isCommit))];
}
