import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A made-up secret whose every appearance is a leak. */
export interface Canary {
  readonly token: string;
  /** Which of its forms (plain, base64 also of a text around it, URL-encoded) are in a text. */
  hits(text: string): string[];
  /** The pieces of it in a text, in whatever notation and on however many lines: none may be. */
  pieces(text: string): string[];
  /** The files below a folder that hold one of its forms. */
  files(folder: string): string[];
  /** Looks at the arguments of all processes of this machine until stopped; gives those that hold it. */
  watchArguments(): { stop(): string[] };
}

/** `sign` is what stands before the random part, and is written otherwise in other notations. */
export function canary(sign = 'canary+'): Canary {
  const core = randomBytes(16).toString('hex');
  const token = `${sign}${core}`; // URL-encoding changes it, as base64 does
  const forms = [token, encodeURIComponent(token), ...base64Forms(token)];
  const hits = (text: string) => forms.filter((form) => text.includes(form));
  // Whatever the notation, the random part is as it is, or in base64.
  const telling = [core, ...base64Forms(token)].flatMap((form) => windows(form, 15));
  return {
    token,
    hits,
    pieces: (text) => telling.filter((piece) => text.includes(piece)),
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

/** Base64 writes three bytes as four characters: what a text becomes depends on where it begins. */
function base64Forms(token: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from('-'.repeat(before) + token);
    const first = Math.ceil((before * 4) / 3); // the characters before hold other bytes too
    const last = Math.floor((bytes.length * 4) / 3);
    return bytes.toString('base64').slice(first, last);
  });
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

function windows(text: string, size: number): string[] {
  return Array.from({ length: text.length - size + 1 }, (_, at) => text.slice(at, at + size));
}
