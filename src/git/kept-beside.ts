import { git } from './git.ts';

/** What a repository keeps beside its own files, and a plain checkout does not bring. */
export interface GitData {
  readonly lfs?: boolean;
  readonly submodules?: boolean;
}

/** Looks for both in what Git tracks, from Git's root on. */
export async function gitData(top: string): Promise<GitData> {
  const listed = await git(top, 'ls-files', '--stage');
  const lines = listed?.split('\n') ?? [];
  const attributes = lines.some((line) => /(?:\t|\/)\.gitattributes$/.test(line));
  // Exits with 1 where no line matches.
  const patterns = ['*.gitattributes', '.gitattributes'];
  const lfs =
    attributes &&
    (await git(top, 'grep', '-I', '-l', '-E', '^[^#].*filter=lfs', '--', ...patterns));
  return {
    lfs: lfs !== undefined && lfs !== false && lfs !== '',
    submodules: lines.some((line) => line.endsWith('\t.gitmodules')),
  };
}
