import type { PlacedFile } from '../../container/files/placement.ts';
import type { User } from '../../system/user.ts';

/** A stage's private copy of the workspace: what it declares and nothing else. */
export interface Scratch {
  /** Our folder behind `/work`. */
  readonly folder: string;
  /** What the container sees: the folder first, then the deps over it. */
  readonly files: readonly PlacedFile[];
  /** Paths in the folder that we made (mount points, params copies, persisted outs' folders). */
  readonly brought: ReadonlySet<string>;
  /** What there is to tell about it, a line each. */
  readonly notes: readonly string[];
}

/** Whose project it is, and what no stage may be given whatever it declares. */
export interface ScratchOwner {
  readonly root: string;
  readonly user: User;
  /** The engine's socket on this machine, if it has one: whoever reaches it is root here. */
  readonly engineSocket?: string;
}
