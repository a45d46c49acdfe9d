/** The id of a stage's job in a workflow: letters, digits, `-` and `_`, not starting with a digit. */
export function stageJobId(address: string): string {
  const id = address.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-+|-+$/g, '');
  return /^[A-Za-z_]/.test(id) ? id : `stage-${id}`;
}
