import { ExpectedFailure } from '../errors.ts';

/** What a full disk beneath the project `root` means to a person; any other error as it is. */
export function explainFullDisk(root: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ENOSPC') return error;
  return new ExpectedFailure(
    {
      kind: 'stage',
      cause: `no space is left on the disk of ${root}`,
      hint: 'Free some (df -h shows it; sibling clean --images helps), then run again: stages that had ended keep their results.',
    },
    { cause: error },
  );
}
