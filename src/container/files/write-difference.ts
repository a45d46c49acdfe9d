import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Writes `content` to the file `aside` unless it is what `existing` holds, byte by byte; gives
 * whether it was written. Times say nothing: a command may set them (`cp -p`, `tar -x`).
 */
export async function writeDifference(
  content: AsyncIterable<unknown>,
  existing: string | undefined,
  aside: string,
): Promise<boolean> {
  if (existing === undefined) {
    await pipeline(content, await fileAt(aside));
    return true;
  }
  const file = await open(existing);
  try {
    const chunks = content[Symbol.asyncIterator]();
    let same = 0;
    for (;;) {
      const { value, done } = await chunks.next();
      if (done) break;
      const chunk = value as Buffer;
      if (!(await holds(file, same, chunk))) {
        await pipeline(restFrom(existing, same, chunk, chunks), await fileAt(aside));
        return true;
      }
      same += chunk.length;
    }
    if (same === (await file.stat()).size) return false;
    await pipeline(beginning(existing, same), await fileAt(aside));
    return true;
  } finally {
    await file.close();
  }
}

/** The file is there before anything is awaited of it: none appears after a failure was told. */
async function fileAt(path: string): Promise<NodeJS.WritableStream> {
  return (await open(path, 'w', 0o600)).createWriteStream();
}

async function holds(file: FileHandle, at: number, chunk: Buffer): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(chunk.length), 0, chunk.length, at);
  return bytesRead === chunk.length && chunk.equals(buffer);
}

/** The part that was found to be the same, from the file that has it, then all that follows. */
async function* restFrom(
  existing: string,
  same: number,
  first: Buffer,
  chunks: AsyncIterator<unknown>,
): AsyncGenerator<unknown> {
  yield* beginning(existing, same);
  yield first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

async function* beginning(path: string, length: number): AsyncGenerator<unknown> {
  if (length > 0) yield* createReadStream(path, { end: length - 1 });
}
