import { distinctName } from '../../text/distinct-name.ts';

/**
 * The id of a stage's job in a workflow: letters, digits, `-` and `_`, not starting with a digit. What
 * stands between words in names becomes `-`; who exports refuses two stages that are one job then.
 */
export function stageJobId(address: string): string {
  // Letters that no id can have tell names apart.
  const name = /[^\x20-\x7e]/.test(address) ? distinctName(address) : address;
  const id = name.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-+|-+$/g, '');
  return /^[A-Za-z_]/.test(id) ? id : `stage-${id}`;
}
