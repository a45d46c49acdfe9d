import { join, posix, relative } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { readWhole } from '../../system/read-whole.ts';

/**
 * Throws 'configuration' for a Dockerfile that copies what never gets into an image by its own name:
 * the engine would say that there is no such file. `leftOut` is what the context lacks for that reason.
 */
export function refusePrivateCopies(
  folder: string,
  dockerfile: string,
  leftOut: readonly string[],
): void {
  for (const { line, sources } of copiesIn(readWhole(join(folder, dockerfile)).toString('utf8'))) {
    const path = leftOut.find((out) => sources.some((source) => isAt(source, out)));
    if (path === undefined) continue;
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `${dockerfile} copies ${path}, which never gets into an image: who may pull it could read it`,
      hint: 'Take the line out. A stage gets variables by meta.sibling.env, and files by deps.',
      place: { file: join(relative(process.cwd(), folder), dockerfile), line },
    });
  }
}

/** Said where an image is built without what a Dockerfile's `COPY .` would take. */
export function leftOutOf(leftOut: readonly string[]): string {
  const more = leftOut.length - 5;
  const names = `${leftOut.slice(0, 5).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `Left out of the image, as of every image: ${names}`;
}

function isAt(source: string, path: string): boolean {
  const named = posix.normalize(source).replace(/^\/+|\/+$/g, '');
  return named === path || named.startsWith(`${path}/`);
}

interface Copy {
  /** Counts from 1. */
  readonly line: number;
  readonly sources: readonly string[];
}

/** What COPY and ADD take from the context; what they take from another stage is not of it. */
function copiesIn(dockerfile: string): Copy[] {
  const copies: Copy[] = [];
  const lines = dockerfile.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let text = lines[index] ?? '';
    while (/\\[ \t]*$/.test(text) && index + 1 < lines.length) {
      index++;
      const next = lines[index] ?? '';
      // A comment within a command does not end it.
      if (!/^\s*#/.test(next)) text = text.replace(/\\[ \t]*$/, ` ${next}`);
    }
    const [, flags = '', rest = ''] = /^\s*(?:COPY|ADD)((?:\s+--\S+)*)\s+(.+)$/i.exec(text) ?? [];
    if (rest === '' || /--from=/i.test(flags)) continue;
    copies.push({ line, sources: wordsOf(rest).slice(0, -1) });
  }
  return copies;
}

function wordsOf(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list.map(String);
  } catch {
    // Words with blanks between them.
  }
  return text.split(/\s+/).filter((word) => word !== '');
}
