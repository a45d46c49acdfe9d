import { posix } from 'node:path';
import * as core from '@actions/core';
import { ExpectedFailure } from '../../errors.ts';
import { keepSecret } from '../../secrets/known.ts';
import { errorBehind } from '../../system/interruption.ts';
import { explainSystemError } from '../../system/refusal.ts';
import { written } from '../../system/written.ts';
import { errorText } from '../../terminal/failure-text.ts';
import { style } from '../../terminal/style.ts';
import { withCredentials } from './credentials-file.ts';

/** Runs an action's recipe; a failure becomes a red step, annotated at its place in a file. */
export async function runAction(recipe: () => Promise<void>): Promise<void> {
  try {
    keepSecret(withCredentials(process.env));
    await recipe();
  } catch (error) {
    annotate(explainSystemError(errorBehind(error)));
    process.exitCode = 1;
  }
  await Promise.all([process.stdout, process.stderr].map(written));
  // An open connection to the engine would keep the process alive.
  process.exit();
}

/** A path of the project as GitHub wants it: the project may be a folder of the repository. */
function inRepository(file: string): string {
  const folder = core.getInput('working-directory');
  const isWhole = folder === '' || posix.isAbsolute(folder) || posix.isAbsolute(file);
  return isWhole ? file : posix.join(folder, file);
}

function annotate(error: unknown): void {
  const text = errorText(error, style(false));
  const place = error instanceof ExpectedFailure ? error.failure.place : undefined;
  core.error(text, {
    title: error instanceof ExpectedFailure ? error.failure.cause : 'unexpected error',
    ...(place && { file: inRepository(place.file) }),
    ...(place?.line !== undefined && { startLine: place.line }),
    ...(place?.column !== undefined && { startColumn: place.column }),
  });
}
