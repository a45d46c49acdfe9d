import { meaningOf } from '../../system/refusal.ts';

/** What the operating system refused DVC, in words. */
export interface SystemRefusal {
  /** The end of a sentence about who was refused: `PATH: why`. */
  readonly what: string;
  readonly hint: string;
}

/**
 * What the system refused DVC, by the last line in which DVC hands on what Python says of it
 * (`ERROR: … [Errno 21] Is a directory: '/x'`); undefined where there is none, or no words for it.
 */
export function systemRefusal(said: readonly string[]): SystemRefusal | undefined {
  const line = said.findLast((each) => /^ERROR: .*\[Errno \d+\]/.test(each)) ?? '';
  const [, number = '', quoted, double] =
    /\[Errno (\d+)\] [^:]+(?:: (?:'((?:[^'\\]|\\.)*)'|"([^"]*)"))?/.exec(line) ?? [];
  const meaning = meaningOf(ofLinux[Number(number)] ?? '');
  if (meaning === undefined) return undefined;
  const path = quoted?.replace(/\\(['\\])/g, '$1') ?? double;
  return { what: path === undefined ? meaning.why : `${path}: ${meaning.why}`, hint: meaning.hint };
}

/** The container's numbers, whatever this machine is (asm-generic/errno-base.h, errno.h). */
const ofLinux: Readonly<Record<number, string>> = {
  ...{ 1: 'EPERM', 2: 'ENOENT', 5: 'EIO', 6: 'ENXIO', 7: 'E2BIG', 11: 'EAGAIN', 12: 'ENOMEM' },
  ...{ 13: 'EACCES', 16: 'EBUSY', 17: 'EEXIST', 18: 'EXDEV', 19: 'ENODEV', 20: 'ENOTDIR' },
  ...{ 21: 'EISDIR', 22: 'EINVAL', 23: 'ENFILE', 24: 'EMFILE', 26: 'ETXTBSY', 27: 'EFBIG' },
  ...{ 28: 'ENOSPC', 30: 'EROFS', 36: 'ENAMETOOLONG', 39: 'ENOTEMPTY', 40: 'ELOOP' },
  ...{ 95: 'EOPNOTSUPP', 105: 'ENOBUFS', 116: 'ESTALE', 122: 'EDQUOT' },
};
