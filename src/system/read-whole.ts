import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';

/** Bytes of the largest file that is read as a whole: what people and programs write there is far smaller. */
export const largestWhole = 64 * 2 ** 20;

/** A file that is there, and that nobody reads as a whole: a pipe would keep us waiting for ever. */
export class NotReadWhole extends Error {
  readonly path: string;
  /** The end of a sentence about it. */
  readonly what: string;
  readonly code: 'ENXIO' | 'EISDIR' | 'EFBIG';

  constructor(path: string, what: string, code: NotReadWhole['code']) {
    super(`${path} ${what}`);
    this.name = 'NotReadWhole';
    this.path = path;
    this.what = what;
    this.code = code;
  }
}

/** What `Stats` and `Dirent` both say. */
interface Kind {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

/** What is no file, no folder and no link, in a word; undefined for these. */
export function specialKind(kind: Kind): string | undefined {
  if (kind.isFile() || kind.isDirectory() || kind.isSymbolicLink()) return undefined;
  return kind.isFIFO() ? 'a pipe' : kind.isSocket() ? 'a socket' : 'a device';
}

/**
 * The bytes of a file that has to be read as a whole, with bounds: throws NotReadWhole for a pipe, a
 * socket, a device and a folder, without waiting for any of them, and for more than `limit` bytes;
 * what the system refuses as it says it, always with the path. `/dev/null` is an empty file.
 */
export function readWhole(
  path: string,
  { limit = largestWhole, mayBeLink = true }: { limit?: number; mayBeLink?: boolean } = {},
): Buffer {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | (mayBeLink ? 0 : O_NOFOLLOW));
    const stats = fstatSync(file);
    if (stats.isCharacterDevice() && stats.rdev === nullDevice) return Buffer.alloc(0);
    if (stats.isDirectory()) throw new NotReadWhole(path, 'is a folder, not a file', 'EISDIR');
    const special = specialKind(stats);
    if (special) throw new NotReadWhole(path, `is ${special}, not a file`, 'ENXIO');
    if (stats.size > limit) throw tooLarge(path, stats.size, limit);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof NotReadWhole) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO') throw new NotReadWhole(path, 'is a socket, not a file', 'ENXIO');
    // Of a file that is open the system does not say the name.
    if (typeof code === 'string') Object.assign(error as Error, { path });
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** As `readWhole`; undefined for whatever cannot be read so. */
export function readWholeIfAble(path: string): Buffer | undefined {
  try {
    return readWhole(path);
  } catch {
    return undefined;
  }
}

/** Linux: major 1, minor 3 (Documentation/admin-guide/devices.txt). */
const nullDevice = 0x103;

function tooLarge(path: string, size: number, limit: number): NotReadWhole {
  const inMebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const what = `is ${inMebibytes(size)} large; such a file may have ${inMebibytes(limit)}`;
  return new NotReadWhole(path, what, 'EFBIG');
}

/** Why a file could not be read, as the end of a sentence about it. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof NotReadWhole) return error.what;
  const { code = '', path } = Object(error) as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return isLink(path) ? 'is a link that leads nowhere' : 'does not exist';
  }
  return reasons[code] ?? `cannot be read (${code || String(error)})`;
}

const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'lies below a file, which holds no others',
  ELOOP: 'is a link that leads in a circle',
  EACCES: 'cannot be read: you have no permission (EACCES)',
  EPERM: 'cannot be read: you have no permission (EPERM)',
};

function isLink(path: string | undefined): boolean {
  try {
    return path !== undefined && lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
