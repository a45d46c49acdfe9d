/** Bytes of the longest pointer; git-lfs itself reads no longer ones (git-lfs, docs/spec.md). */
export const longestPointer = 1024;

/** The versions that git-lfs takes for its first one (lfs/pointer.go), and later ones of its own. */
const firstLine =
  /^version (?:https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v\d+|http:\/\/git-media\.io\/v\/2)[ \t]*\r?\n/;

/** Said of a file whose content is elsewhere. */
export const pointerCause = 'it is a Git LFS pointer, not the file: git lfs pull, or git lfs fetch';

/** What a pointer says of the file that it stands for. */
export interface LfsPointer {
  /** The SHA-256 of the content; empty where it is of another kind. */
  readonly oid: string;
  /** Bytes of the content. */
  readonly size: number;
}

/**
 * What a content says if it is not the file itself but what Git LFS keeps of it in Git; undefined for
 * any other. The form is that of git-lfs's docs/spec.md.
 */
export function lfsPointer(content: Uint8Array): LfsPointer | undefined {
  if (content.length > longestPointer) return undefined;
  const text = new TextDecoder().decode(content);
  if (!firstLine.test(text)) return undefined;
  const oid = /^oid (\w+):([0-9a-f]+)[ \t]*\r?$/m.exec(text);
  const size = /^size (\d+)[ \t]*\r?$/m.exec(text)?.[1];
  if (!oid || size === undefined) return undefined;
  const isSha = oid[1] === 'sha256' && oid[2]?.length === 64;
  return { oid: isSha ? (oid[2] ?? '') : '', size: Number(size) };
}

/** Whether a content is a Git LFS pointer. */
export function isLfsPointer(content: Uint8Array): boolean {
  return lfsPointer(content) !== undefined;
}
