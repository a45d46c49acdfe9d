import type { Place } from '../errors.ts';

/** A dvc.yaml parameter reference: one file and the keys that the stage reads from it. */
export interface ParamsDep {
  /** Path of the params file, relative to the project root. */
  readonly path: string;
  /** Dotted keys; empty when the whole file is the dependency. */
  readonly keys: readonly string[];
}

export type OutKind = 'out' | 'metric' | 'plot';

export interface Out {
  /** Relative to the project root. */
  readonly path: string;
  readonly kind: OutKind;
  readonly cache: boolean;
  readonly persist: boolean;
  /** False for an out that `dvc push` leaves out. */
  readonly push: boolean;
  /** The remote that the out goes to, where it is not the default one. */
  readonly remote?: string;
  /** Of an out that is neither metric nor plot: its metrics files that the section `metrics:` lists. */
  readonly listedMetrics?: readonly string[];
  /** `template`, `x`, `y` and the like, of a plot. */
  readonly plotOptions?: Readonly<Record<string, unknown>>;
}

/** One stage with every template resolved and every path made relative to the project root. */
export interface Stage {
  /** What DVC calls it: `train`, `train@a` (foreach, matrix), `sub/dvc.yaml:train` outside the root. */
  readonly address: string;
  /** The name without its file: `train` or `train@a`. */
  readonly name: string;
  /** The dvc.yaml that declares it, relative to the project root, and the line of its name. */
  readonly file: string;
  readonly line: number;
  readonly cmd: readonly string[];
  /** Relative to the project root; `.` for the root itself. */
  readonly wdir: string;
  readonly deps: readonly string[];
  readonly params: readonly ParamsDep[];
  readonly outs: readonly Out[];
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  readonly desc?: string;
  /** The free-form `meta` block, as written (templates resolved where DVC resolves them). */
  readonly meta: unknown;
  /** Deps, params files and outs as dvc.yaml writes them, by path: dvc.lock has them so too. */
  readonly written: ReadonlyMap<string, string>;
  /** Whether `cmd` is a list in dvc.yaml: dvc.lock tells a text from a list of one text. */
  readonly isCmdList: boolean;
  /** `cmd` with its references as they are written; absent where it has none. */
  readonly writtenCmd?: readonly string[];
  /** What of this stage only DVC can judge; not empty means that its status is DVC's to say. */
  readonly notUnderstood: readonly string[];
}

/** A `.dvc` file of the project: data that no stage makes, from `dvc add` or `dvc import`. */
export interface DataSource {
  /** Its path relative to the root, which is also what DVC calls it. */
  readonly address: string;
  readonly file: string;
  readonly outs: readonly Out[];
  /** What it was imported from, where that is a path, relative to the root or absolute. */
  readonly deps: readonly string[];
  /** Hashes as the file has them, one for each of `outs`. */
  readonly hashes: readonly FileHash[];
  readonly frozen: boolean;
  readonly notUnderstood: readonly string[];
}

/** A recorded hash: of a file, or of a folder (it then ends in `.dir`). */
export interface FileHash {
  readonly path: string;
  /** `md5` for DVC 3's hash of the bytes, `md5-dos2unix` for that of DVC 2; undefined if none. */
  readonly kind: 'md5' | 'md5-dos2unix';
  readonly hash: string | undefined;
  readonly size?: number;
  readonly nfiles?: number;
}

/** The sections of a dvc.yaml beside its stages, references resolved; paths are as written. */
export interface TopLevel {
  readonly file: string;
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  readonly plots: readonly unknown[];
  readonly artifacts: Readonly<Record<string, unknown>>;
}

/** Something in the project's files that this reader leaves to DVC. */
export interface Handover {
  /** With its article, so that "… is not read here" makes a sentence. */
  readonly construct: string;
  readonly place?: Place;
  /** The dvc.yaml or `.dvc` file that is not understood for it; the place may be in a file that it reads. */
  readonly file?: string;
  /** Set where stages of that file are not in the pipeline for it. */
  readonly hidesStages?: boolean;
}

/** A project's stages, in an order in which each comes after the stages that it depends on. */
export interface Pipeline {
  readonly root: string;
  readonly stages: readonly Stage[];
  /** For each stage address, the addresses of the stages whose outs it depends on. */
  readonly upstream: ReadonlyMap<string, readonly string[]>;
  readonly sources: readonly DataSource[];
  /** For each stage address, the addresses of the `.dvc` files whose outs it depends on. */
  readonly upstreamSources: ReadonlyMap<string, readonly string[]>;
  readonly topLevel: readonly TopLevel[];
  /**
   * Files and entries of which this reader cannot say what stages they hold. Not empty means that
   * `stages` may be incomplete, so that nothing may be concluded from what is not there.
   */
  readonly handovers: readonly Handover[];
}
