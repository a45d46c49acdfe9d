import { createHash } from 'node:crypto';

/** Programs of the test suite that are installed together. */
export interface ToolSet {
  readonly name: string;
  /** Changes when what would be installed changes; part of the folder's name. */
  readonly version: string;
  /** Each program's path in the set's folder. */
  readonly programs: Readonly<Record<string, string>>;
  /**
   * Fills `folder`, whose parent exists and which does not exist itself. What it installs must stay
   * right when the folder is renamed.
   */
  install(folder: string): Promise<void>;
}

/** A set's folder, relative to the tools folder. */
export function folderName(set: ToolSet): string {
  return `${set.name}-${set.version}`;
}

/** A short name for exactly this text, for example for a lock file's. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
