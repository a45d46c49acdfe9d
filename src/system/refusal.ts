import { ExpectedFailure, type FailureKind } from '../errors.ts';
import { NotUnderstood } from '../text/not-understood.ts';
import { NotReadWhole } from './read-whole.ts';

/** What the operating system refused: what that means, and what a person can do about it. */
const meanings: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: [
    'it is not there',
    'Look whether something removes it meanwhile, or a link leads nowhere.',
  ],
  EACCES: [
    'you have no permission',
    'Look at its owner and rights, and at those of the folders above it (ls -ld), then run again.',
  ],
  EPERM: [
    'the system does not permit it',
    'Look at its owner and attributes (ls -ld, lsattr), and whether the file system takes such a change.',
  ],
  ENOTDIR: [
    'a part of the path is a file where a folder is needed',
    'Move that file away, or change the path.',
  ],
  EISDIR: ['it is a folder where a file is needed', 'Move the folder away, or change the path.'],
  EEXIST: ['something else is there', 'Move it away, then run again.'],
  ENOTEMPTY: [
    'the folder is not empty',
    'Something writes there meanwhile: stop it, then run again.',
  ],
  EROFS: [
    'the file system is read-only',
    'Mount it for writing, or work in a copy of the project.',
  ],
  EMFILE: [
    'too many files are open in this process',
    'Raise the limit (ulimit -n 65536), then run again.',
  ],
  ENFILE: [
    'too many files are open on this machine',
    'Close programs, or raise fs.file-max, then run again.',
  ],
  ELOOP: ['links lead in a circle', 'Remove one of the links (ls -l shows where they lead).'],
  ENAMETOOLONG: [
    'the name is too long for the file system',
    'Shorten it: a name has at most 255 bytes, a path 4,096.',
  ],
  ENOSPC: [
    'no space is left on the disk',
    'Free some (df -h shows it; sibling clean --images helps), then run again.',
  ],
  EDQUOT: ['your quota of the disk is used up', 'Free some space, then run again.'],
  EFBIG: ['the file is too large for the file system', 'Put it on another file system.'],
  EIO: ['the disk reports an error', 'Look at the system’s log (dmesg), and at the disk.'],
  EAGAIN: [
    'the system has nothing left to give at this moment: processes or memory',
    'Close programs, or raise the limit of processes (ulimit -u), then run again.',
  ],
  ENOMEM: ['no memory is left', 'Close programs, then run again.'],
  ENOBUFS: ['no memory is left for what is sent and received', 'Close programs, then run again.'],
  ESTALE: ['the network file system has lost it', 'Mount it anew, then run again.'],
  EBUSY: ['it is in use, or a mount', 'Unmount it, or stop what uses it, then run again.'],
  EXDEV: ['it lies on another file system', 'Move the folders to one file system.'],
  ETXTBSY: ['it is a program that runs', 'Stop it, then run again.'],
  EINVAL: [
    'the file system does not take it',
    'Look whether it is a file system for Linux (mount).',
  ],
  EOPNOTSUPP: [
    'the file system cannot do it',
    'Look whether it is a file system for Linux (mount).',
  ],
  ENOTSUP: ['the file system cannot do it', 'Look whether it is a file system for Linux (mount).'],
  ENXIO: ['nothing can be read from it', 'Put a regular file there.'],
  ENODEV: ['nothing can be read from it', 'Put a regular file there.'],
  E2BIG: [
    'its arguments and variables are too long for the system',
    'Shorten the environment: Linux takes 131,072 bytes a variable.',
  ],
};

/** What the system has run out of: whatever was being done, no other words explain it. */
const ofMachine = new Set([
  ...['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EAGAIN', 'ENOMEM', 'ENOBUFS'],
]);

/** Calls on a file that is open, of which the system does not say the name. */
const ofFiles = /^(read|write|open|fstat|fsync|ftruncate|pipe|scandir|copyfile)/;

/** What Node itself refuses of a person's files, with no path in it. */
const ofNode: Readonly<Record<string, readonly [string, string]>> = {
  ERR_FS_FILE_TOO_LARGE: [
    'a file that has to be read as a whole is larger than 2 GiB',
    'Look which text file of the project is that large (find . -size +2G): dvc.yaml, params, metrics and plots are meant to be small.',
  ],
  ERR_WORKER_INIT_FAILED: [
    'no further thread can be started',
    'Close programs, or raise the limits of processes and files (ulimit -u, ulimit -n).',
  ],
  ERR_WORKER_OUT_OF_MEMORY: ['no memory is left for a thread', 'Close programs, then run again.'],
  ERR_STRING_TOO_LONG: [
    'a file that has to be read as a whole is larger than 512 MiB',
    'Look which text file of the project is that large (find . -size +512M): dvc.yaml, params, metrics and plots are meant to be small.',
  ],
};

/** What a refusal of the operating system means, and what to do; undefined for a code without words. */
export function meaningOf(code: string): { why: string; hint: string } | undefined {
  const [why, hint] = meanings[code] ?? [];
  return why === undefined || hint === undefined ? undefined : { why, hint };
}

/**
 * A refusal of the operating system on a file or a program as an expected failure that names it;
 * any other error as it is. For the doors: whoever knows more of what was being done says it before.
 */
export function explainSystemError(error: unknown): unknown {
  if (error instanceof ExpectedFailure) return error;
  if (error instanceof NotUnderstood) {
    const hint =
      'DVC itself may read it: dvc status and dvc config --list show what it makes of it.';
    const cause = `${error.construct} is not read here`;
    const place = error.place && { place: error.place };
    return new ExpectedFailure({ kind: 'configuration', cause, hint, ...place }, { cause: error });
  }
  if (error instanceof NotReadWhole) {
    const hint = 'Put a text file of usual size there, or remove it.';
    return failure('configuration', error.message, hint, error);
  }
  const {
    code = '',
    syscall = '',
    path,
    dest,
    message = '',
  } = Object(error) as NodeJS.ErrnoException & { dest?: string };
  const limit = ofNode[code];
  if (limit) return failure('configuration', limit[0], limit[1], error);
  if (code === 'ERR_INVALID_ARG_VALUE' && /without null bytes/.test(message)) {
    const hint = 'Look for \\0 or \\x00 in a path of dvc.yaml, dvc.lock or .env.';
    return failure(
      'configuration',
      'a path has a null byte in it, which no file can have',
      hint,
      error,
    );
  }
  // Of the network too there are errors with a code: those have no such call.
  const isOfFile = typeof path === 'string' || ofFiles.test(syscall);
  if (!isOfFile && !ofMachine.has(code)) return error;
  const known = meaningOf(code);
  if (known === undefined) return error;
  const { why: meaning, hint } = known;
  const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'stage' : 'configuration';
  if (!isOfFile) return failure(kind, `${meaning}${during(syscall)}`, hint, error);
  if (syscall.startsWith('spawn')) {
    const why = code === 'ENOENT' ? 'it is not installed, or not in PATH' : meaning;
    const what = code === 'ENOENT' ? 'Install it, then run again.' : hint;
    return failure(kind, `the program ${path} cannot be started: ${why}`, what, error);
  }
  const file =
    path === undefined
      ? 'a file of the project: '
      : `${path}${dest === undefined ? '' : ` → ${dest}`}: `;
  return failure(kind, `${file}${meaning}${during(syscall)}`, hint, error);
}

function during(syscall: string): string {
  return syscall === '' ? '' : ` (${syscall})`;
}

function failure(kind: FailureKind, cause: string, hint: string, error: unknown): ExpectedFailure {
  return new ExpectedFailure({ kind, cause, hint }, { cause: error });
}
