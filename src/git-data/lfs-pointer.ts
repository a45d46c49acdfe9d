/** Bytes of the longest pointer; git-lfs itself reads no longer ones (git-lfs, docs/spec.md). */
export const longestPointer = 1024;

const firstLine =
  /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v\d+\r?\n/;

/** Said of a file whose content is elsewhere. */
export const pointerCause = 'it is a Git LFS pointer, not the file: git lfs pull, or git lfs fetch';

/**
 * Whether a content is not the file itself but what Git LFS keeps of it in Git: its hash and size. The
 * form is that of git-lfs's docs/spec.md.
 */
export function isLfsPointer(content: Uint8Array): boolean {
  if (content.length > longestPointer) return false;
  const text = new TextDecoder().decode(content);
  return (
    firstLine.test(text) && /^oid \w+:[0-9a-f]+\r?$/m.test(text) && /^size \d+\r?$/m.test(text)
  );
}
