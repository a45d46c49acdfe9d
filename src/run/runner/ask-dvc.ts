import { LogTail, type OutputLines } from '../../container/log-lines.ts';
import { ExpectedFailure } from '../../errors.ts';
import { systemRefusal } from '../outcome/system-refusal.ts';
import {
  type RunnerContainer,
  type RunnerRequest,
  runDvcHere,
  runDvcInContainer,
} from './runner.ts';

/**
 * Runs `dvc ARGUMENTS` where DVC is (`where` is absent inside the runner image) and gives what it
 * printed on standard output. Throws 'dvc' with its last words when it fails.
 */
export async function askDvc(
  where: RunnerContainer | undefined,
  request: Omit<RunnerRequest, 'onOutput'>,
  dvcArguments: readonly string[],
): Promise<string> {
  const out: string[] = [];
  const said = new LogTail(20);
  const onOutput = ({ stream, lines }: OutputLines) => {
    said.push(lines);
    if (stream === 'stdout') out.push(...lines);
  };
  const full = { ...request, onOutput };
  const code = where
    ? await runDvcInContainer(where, full, dvcArguments)
    : await runDvcHere(full, dvcArguments);
  if (code === 0) return out.join('\n');
  request.signal?.throwIfAborted();
  const refusal = systemRefusal(said.lines);
  if (refusal) {
    const cause = `dvc ${dvcArguments[0]} was refused ${refusal.what}`;
    throw new ExpectedFailure({ kind: 'dvc', cause, hint: refusal.hint });
  }
  throw new ExpectedFailure({
    kind: 'dvc',
    cause: `dvc ${dvcArguments[0]} ended with exit code ${code}`,
    hint: 'Its last words are above.',
    details: said.lines,
  });
}
