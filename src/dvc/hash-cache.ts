import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is known of a file without reading it. */
export type FileStamp = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/**
 * A file that changed less than this before it was hashed may change again without getting a new
 * time: clocks of file systems tick in steps, FAT's in two seconds.
 */
const racyMilliseconds = 2000;

/** Beyond this many, entries that were not used are dropped. */
const maxEntries = 500_000;

const header = 'sibling hash cache 1';

/**
 * Hashes of files, kept from run to run. An entry counts only as long as the file has the same
 * inode, size, modification time and change time; the last cannot be set back by a program. Times
 * are the file system's nanoseconds as milliseconds with a fraction, exact to a quarter of a
 * microsecond. The file is replaced as a whole, and ignored unless its checksum holds.
 */
export class HashCache {
  private readonly file: string;
  private readonly now: () => number;
  private readonly known: Map<string, string>;
  private readonly used = new Map<string, string>();
  private hasNew = false;

  constructor(file: string, now: () => number = Date.now) {
    this.file = file;
    this.now = now;
    this.known = readEntries(file);
  }

  /** The hash of the file with this stamp, undefined when it is to be computed. */
  get(key: string, stamp: FileStamp): string | undefined {
    const entry = this.known.get(key);
    if (entry === undefined) return undefined;
    const prefix = stampText(stamp);
    if (!entry.startsWith(prefix)) return undefined;
    this.used.set(key, entry);
    return entry.slice(prefix.length);
  }

  /**
   * Keeps a hash. `stamp` is from before the file was read, `hashedAt` the time at which reading
   * began. A file that had just changed then is not kept.
   */
  set(key: string, stamp: FileStamp, hash: string, hashedAt = this.now()): void {
    const changed = Math.max(stamp.mtimeMs, stamp.ctimeMs);
    if (changed > hashedAt - racyMilliseconds) return;
    this.used.set(key, stampText(stamp) + hash);
    this.hasNew = true;
  }

  /** Writes what was added since it was read. That it cannot be written only costs time later. */
  save(): void {
    if (!this.hasNew) return;
    const entries = new Map(this.used);
    for (const [key, entry] of this.known) {
      if (entries.size >= maxEntries) break;
      if (!entries.has(key)) entries.set(key, entry);
    }
    const lines = [...entries].map(([key, entry]) => `${escapeKey(key)}\t${entry}\n`);
    const body = lines.join('');
    const unfinished = `${this.file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileSync(unfinished, `${header} ${checksum(body)}\n${body}`);
      renameSync(unfinished, this.file);
      this.hasNew = false;
    } catch {
      rmSync(unfinished, { force: true });
    }
  }
}

function stampText({ ino, size, mtimeMs, ctimeMs }: FileStamp): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs} `;
}

function readEntries(file: string): Map<string, string> {
  const entries = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return entries;
  }
  const start = text.indexOf('\n') + 1;
  const body = text.slice(start);
  if (text.slice(0, start) !== `${header} ${checksum(body)}\n`) return entries;
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\n', at);
    const tab = body.indexOf('\t', at);
    entries.set(unescapeKey(body.slice(at, tab)), body.slice(tab + 1, end));
    at = end + 1;
  }
  return entries;
}

/** MD5 is enough against accidents, and the fastest. */
function checksum(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function escapeKey(key: string): string {
  return /[%\t\n]/.test(key) ? key.replace(/[%\t\n]/g, encodeURIComponent) : key;
}

function unescapeKey(key: string): string {
  return key.includes('%') ? decodeURIComponent(key) : key;
}
