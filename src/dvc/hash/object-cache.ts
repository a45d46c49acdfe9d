import { NotUnderstood } from '../../text/not-understood.ts';
import type { FileHash } from '../pipeline.ts';
import { checkAllObjects, type ObjectCheck, type ObjectQuestion } from './check-objects.ts';
import type { Contents } from './content.ts';
import type { HashKind } from './worker.ts';

/**
 * Which hashes DVC's local cache has. In this order: `want` all that are of interest, `look`,
 * compute the contents, then ask with `has`.
 */
export class ObjectCache {
  private readonly folder: string;
  private readonly contents: Contents;
  private readonly questions = new Map<string, ObjectQuestion & { readonly kind: HashKind }>();
  private readonly checks = new Map<string, ObjectCheck>();
  private expectedFiles = 0;

  /** `folder` is the one that holds `files/md5`. */
  constructor(folder: string, contents: Contents) {
    this.folder = folder;
    this.contents = contents;
  }

  /** Asks whether what a hash names is there, for a folder all its files too. */
  want({ hash, kind, nfiles }: FileHash): void {
    if (hash === undefined || this.questions.has(kind + hash)) return;
    const folder = kind === 'md5' ? `${this.folder}/files/md5` : this.folder;
    this.questions.set(kind + hash, { hash, folder, kind });
    this.expectedFiles += nfiles ?? 1;
  }

  /** Starts to look for what is wanted; the result is that contents may have to be computed. */
  async look(): Promise<void> {
    const questions = [...this.questions];
    const checks = await checkAllObjects(
      questions.map(([, { hash, folder }]) => ({ hash, folder })),
      this.expectedFiles,
    );
    for (const [index, [key, { kind }]] of questions.entries()) {
      const check = checks[index];
      if (check === undefined) continue;
      this.checks.set(key, check);
      for (const { path } of check.suspects) this.contents.want(path, kind);
    }
  }

  /** Whether all that a wanted hash names is there. Throws NotUnderstood where DVC may fail. */
  has({ hash, kind }: FileHash): boolean {
    if (hash === undefined) return false;
    const check = this.checks.get(kind + hash);
    if (check === undefined) throw new Error(`the object ${hash} was not looked for`);
    if (check.fault !== undefined) {
      throw new NotUnderstood(`the object ${hash} of the cache (${check.fault})`);
    }
    if (check.isMissing) return false;
    return check.suspects.every(({ path, md5 }) => {
      const content = this.contents.contentOf(path, kind);
      if (content.state === 'not-understood') throw new NotUnderstood(content.construct);
      return content.state === 'present' && content.hash === md5;
    });
  }
}
