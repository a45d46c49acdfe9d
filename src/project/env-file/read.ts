import { ExpectedFailure } from '../../errors.ts';
import { EnvFileError, parseEnvFile, valuesOf } from './parse.ts';

/**
 * The variables that the `.env` at `path` sets, read as Docker Compose reads it; `env` goes before it
 * where a value refers to a variable. Throws 'configuration' with file and line for what cannot be
 * read.
 */
export function readEnvFile(
  path: string,
  bytes: Buffer,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  try {
    return valuesOf(parseEnvFile(textOf(bytes), (name) => env[name]));
  } catch (error) {
    if (error instanceof EnvFileError) throw notReadable(path, error);
    throw error;
  }
}

/** The text of a `.env`. Throws EnvFileError for one that is not UTF-8, as editors on Windows may write it. */
export function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const before = bytes.subarray(0, firstInvalid(bytes));
    throw new EnvFileError(
      before.toString('latin1').split('\n').length,
      'this is not UTF-8 text: save the file as UTF-8',
    );
  }
}

/** The length of the longest beginning that is UTF-8, give or take a character. */
function firstInvalid(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  return Buffer.byteLength(text.slice(0, text.indexOf('\ufffd')));
}

/** A `.env` that cannot be read, as a failure; it shows nothing of what stands there. */
export function notReadable(path: string, error: EnvFileError): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'configuration',
      cause: `.env cannot be read: ${error.message}`,
      hint: 'Mend this line, or put # before it. Values are as for Docker Compose: in single quotes all stays as it is; elsewhere $NAME is a variable, and $$ is a dollar.',
      place: { file: path, line: error.line },
    },
    { cause: error },
  );
}
