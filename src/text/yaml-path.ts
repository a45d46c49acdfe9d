/** A path as a YAML scalar: plain where that is unambiguous, else quoted. */
export function yamlPath(path: string): string {
  return /^[\w./][\w./ -]*$/.test(path) && !/\s$/.test(path) ? path : JSON.stringify(path);
}
