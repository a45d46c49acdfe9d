/** What GitHub answers for a file of a commit (GET /repos/{owner}/{repo}/contents/{path}). */
export function describedFile(content: string | Uint8Array) {
  const bytes = Buffer.from(content);
  return {
    ...{ type: 'file', size: bytes.length, encoding: 'base64' },
    content: bytes.toString('base64').replace(/.{60}/g, '$&\n'),
  };
}

/** What GitHub answers for all paths of a commit (GET /repos/{owner}/{repo}/git/trees/{tree_sha}). */
export function describedTree(files: readonly string[]) {
  const sha = 'd'.repeat(40);
  const folders = new Set(files.flatMap((path) => foldersAbove(path)));
  const trees = [...folders].map((path) => ({ path, mode: '040000', type: 'tree', sha }));
  const blobs = files.map((path) => ({ path, mode: '100644', type: 'blob', sha, size: 1 }));
  return { sha, url: 'https://api.github.com', tree: [...trees, ...blobs], truncated: false };
}

function foldersAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}
