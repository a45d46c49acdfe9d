import { posix } from 'node:path';

/**
 * Joins paths as DVC does: normalized, without a trailing slash, `.` for the root itself. An
 * absolute part replaces what stands before it.
 */
export function joinPath(...parts: readonly string[]): string {
  const [folder, path, ...rest] = parts;
  // Most paths are already what they would become.
  if (path && rest.length === 0 && (folder === '.' || folder === '') && isNormal.test(path)) {
    return path;
  }
  const joined = parts
    .filter((part) => part !== '')
    .reduce((left, right) => (posix.isAbsolute(right) ? right : `${left}/${right}`), '.');
  const normal = posix.normalize(joined);
  return normal.length > 1 ? normal.replace(/\/+$/, '') : normal;
}

/** Parts that begin with neither a dot nor a slash, one slash between each two. */
const isNormal = /^[^./][^/]*(?:\/[^./][^/]*)*$/;

/** Whether a path that is relative to the root lies inside it; false for URLs and absolute paths. */
export function isInProject(path: string): boolean {
  return !isUrl(path) && !posix.isAbsolute(path) && path !== '..' && !path.startsWith('../');
}

/** `s3://…`, `remote://…`, `ds://…` and the like. */
export function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}
