import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { contains } from '../system/contains.ts';

/** What of this process's surroundings tells one folder from another with the same path. */
export interface FolderFacts {
  readonly inContainer: boolean;
  readonly hostname: string;
  /** The text of /proc/self/mountinfo. */
  readonly mountinfo: string;
}

/**
 * Tells a project's containers from those of others: the same for the same folder. The launcher
 * hands it to the processes in its container by SIBLING_PROJECT_ID; in a container of somebody
 * else's, where every project may be at /project, it is made of what is mounted there.
 */
export function projectId(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  facts: FolderFacts = readFacts(),
): string {
  if (env.SIBLING_PROJECT_ID) return env.SIBLING_PROJECT_ID;
  const identity = facts.inContainer ? folderBehind(root, facts) : root;
  return createHash('sha256').update(identity).digest('hex').slice(0, 12);
}

/**
 * The folder's path in the file system that is mounted there: fields 4 and 5 of a line are the path
 * in that file system and the mount point (proc(5)). In the container's own layer, `/` is mounted
 * at `/`, and the container alone tells it from others.
 */
function folderBehind(root: string, { mountinfo, hostname: host }: FolderFacts): string {
  let best = { source: '', at: '' };
  for (const line of mountinfo.split('\n')) {
    const [, , , source = '', at = ''] = line.split(' ').map(unescapeOctal);
    if (at !== '' && contains(at, root) && at.length >= best.at.length) best = { source, at };
  }
  if (best.at === '/' || best.at === '') return `${host}:${root}`;
  return `${best.source.replace(/\/$/, '')}${root.slice(best.at.length)}`;
}

/** Spaces and the like are written as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function readFacts(): FolderFacts {
  const inContainer = existsSync('/.dockerenv') || existsSync('/run/.containerenv');
  const mountinfo = inContainer ? readFileSync('/proc/self/mountinfo', 'utf8') : '';
  return { inContainer, hostname: hostname(), mountinfo };
}
