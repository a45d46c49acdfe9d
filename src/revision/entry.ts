import { lfsPointer, pointerCause } from '../git/lfs/pointer.ts';

/** What a path is at a revision. */
export type Entry =
  | { readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly kind: 'folder' }
  /** One that leads to nothing there, out of the repository or round; every other is followed. */
  | { readonly kind: 'link'; readonly target: string }
  /** The path of the submodule, which is the path that was asked for or lies above it. */
  | { readonly kind: 'submodule'; readonly path: string }
  /** Of a file whose content Git LFS has elsewhere. */
  | { readonly kind: 'pointer'; readonly oid: string; readonly size: number }
  | { readonly kind: 'too-large'; readonly size: number }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'absent' };

/** The files of a revision, wherever they are; paths are relative to the project. */
export interface RevisionFiles {
  /** Throws 'uncompared' where nobody can tell what the path is. */
  at(path: string): Promise<Entry>;
  /** Paths of the files in a folder, deeper ones too; none where it is no folder. Throws as `at`. */
  list(folder: string): Promise<readonly string[]>;
}

/** Bytes of the largest file that is read: metrics, params and plots are smaller. */
export const largestFile = 32 * 2 ** 20;

export const absent: Entry = { kind: 'absent' };

/** A content as the file that it is, or the pointer to one. */
export function contentEntry(content: Uint8Array): Entry {
  const pointer = lfsPointer(content);
  if (pointer) return { kind: 'pointer', ...pointer };
  if (content.length > largestFile) return { kind: 'too-large', size: content.length };
  return { kind: 'file', content };
}

/** Why an entry has no content, for a person; undefined for a file, and where there is nothing. */
export function problemOf(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'file':
    case 'absent':
      return undefined;
    case 'folder':
      return 'it is a folder';
    case 'link':
      return `it is a link to ${entry.target.slice(0, 200)}, which is not there`;
    case 'submodule':
      return `it is of the submodule ${entry.path}, whose files are in another repository`;
    case 'pointer':
      return pointerCause;
    case 'too-large':
      return `it has ${entry.size} bytes, more than the ${largestFile} that are read`;
    case 'unreadable':
      return `it cannot be read: ${entry.reason}`;
  }
}

/** Whether a revision has something there whose content is elsewhere: only so may another stand for it. */
export function isElsewhere({ kind }: Entry): boolean {
  return kind === 'absent' || kind === 'link' || kind === 'submodule' || kind === 'pointer';
}

/** A text, or why there is none; `elsewhere` as `isElsewhere` has it. */
export type EntryText =
  | { readonly text: string }
  | { readonly problem: string; readonly elsewhere?: true };

/** The text of an entry; undefined where there is nothing. */
export function textOf(entry: Entry): EntryText | undefined {
  if (entry.kind === 'absent') return undefined;
  if (entry.kind !== 'file') {
    return { problem: problemOf(entry) ?? '', ...(isElsewhere(entry) && { elsewhere: true }) };
  }
  try {
    // A byte order mark belongs to what has a hash; the parsers pass over it.
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(entry.content) };
  } catch {
    return { problem: 'it is not UTF-8 text' };
  }
}
