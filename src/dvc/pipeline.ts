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
}

/** A project's stages, in an order in which each comes after the stages that it depends on. */
export interface Pipeline {
  readonly root: string;
  readonly stages: readonly Stage[];
  /** For each stage address, the addresses of the stages whose outs it depends on. */
  readonly upstream: ReadonlyMap<string, readonly string[]>;
}
