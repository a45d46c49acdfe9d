import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A made-up secret whose every appearance is a leak. */
export interface Canary {
  readonly token: string;
  /** Which of its forms (plain, base64, URL-encoded) are in a text. */
  hits(text: string): string[];
  /** The files below a folder that hold one of its forms. */
  files(folder: string): string[];
  /** Looks at the arguments of all processes of this machine until stopped; gives those that hold it. */
  watchArguments(): { stop(): string[] };
}

/** `user` is whom the token belongs to: `user:token` is what basic authentication encodes. */
export function canary(user: string): Canary {
  const token = `canary+${'7f'.repeat(16)}`; // URL-encoding changes it, as base64 does
  const base64 = (value: string) => Buffer.from(value).toString('base64').replace(/=+$/, '');
  const forms = [token, base64(token), base64(`${user}:${token}`), encodeURIComponent(token)];
  const hits = (text: string) => forms.filter((form) => text.includes(form));
  return {
    token,
    hits,
    files: (folder) => filesOf(folder).filter((path) => hits(readOr(path)).length > 0),
    watchArguments() {
      const found = new Set<string>();
      const timer = setInterval(() => {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
          const words = readOr(`/proc/${pid}/cmdline`);
          if (hits(words).length > 0) found.add(words.replaceAll('\0', ' '));
        }
      }, 50);
      return {
        stop() {
          clearInterval(timer);
          return [...found];
        },
      };
    },
  };
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return []; // a folder below it is gone meanwhile
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // gone meanwhile
  }
}
