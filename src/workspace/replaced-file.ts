import { realpathSync, statSync } from 'node:fs';
import { chmod, lchown, writeFile } from 'node:fs/promises';
import type { Place } from './place-whole.ts';

/** New content for a file that is there, with the owner and the rights that it has; links to it stay. */
export function replacedFile(path: string, content: string | Buffer): Place {
  const to = realpathSync(path);
  const { mode, uid, gid } = statSync(to);
  return {
    to,
    make: async (aside) => {
      await writeFile(aside, content);
      await chmod(aside, mode & 0o7777);
      // Only root can give files away; anybody else's are the caller's.
      if (process.getuid?.() === 0) await lchown(aside, uid, gid);
    },
  };
}
