import { basename } from 'node:path';

/** Folders of programs' own, whose settings and hooks are programs: of a project in the project too. */
const ownFolders = ['.git', '.dvc', '.sibling'];

/** Files by which DVC and Git know what is run, recorded and left out, in whichever folder they are. */
const ownFile = /^(?:dvc\.(?:yaml|lock)|.*\.dvc|\.dvcignore|\.git(?:ignore|attributes|modules))$/;

/**
 * What of DVC's, Git's or Sibling's own a path in a project is, or lies in, as the end of a sentence
 * about it: neither an out of a stage nor a params file. Undefined for any other. Names count in small
 * letters, as file systems read them for which case does not count.
 */
export function ownAt(path: string): string | undefined {
  const names = path
    .toLowerCase()
    .split('/')
    .filter((name) => name !== '' && name !== '.');
  const own = names.find((name) => ownFolders.includes(name)) ?? (names[0] === '.env' && '.env');
  if (own === '.git') return 'a part of a Git repository’s own folder';
  if (own) return `a part of ${own}`;
  const name = basename(path).toLowerCase();
  return ownFile.test(name) ? 'a file of DVC’s or Git’s own' : undefined;
}
