import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';

/**
 * `md5` is DVC 3's hash, of a file's bytes. `md5-dos2unix` is DVC 2's: a text file counts as if its
 * lines ended as Unix ends them.
 */
export type HashKind = 'md5' | 'md5-dos2unix';

export interface HashTask {
  readonly path: string;
  readonly kind: HashKind;
}

/** The hash in hex, or the code of the system's error. */
export type HashResult = { readonly hash: string } | { readonly error: string };

/**
 * Hashes files one after another. It refers to nothing outside itself, because its text is what a
 * thread is started with: the program is one bundled file that a thread could not load a part of.
 * The text heuristic is that of dvc_data/hashfile/istextfile.py, applied to each chunk as DVC does.
 */
function hashFiles(
  { createHash }: Pick<typeof import('node:crypto'), 'createHash'>,
  { closeSync, openSync, readSync }: typeof import('node:fs'),
  tasks: readonly HashTask[],
): HashResult[] {
  const buffer = Buffer.allocUnsafe(2 ** 20);
  const isText = (block: Buffer) => {
    let others = 0;
    for (const byte of block) {
      if (byte === 0) return false;
      const isTextByte = (byte >= 32 && byte < 127) || [8, 9, 10, 12, 13].includes(byte);
      if (!isTextByte) others++;
    }
    return others / block.length <= 0.3;
  };
  const unixLines = (chunk: Buffer) =>
    isText(chunk.subarray(0, 512))
      ? Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
      : chunk;
  /** As many bytes as fit, as Python's read gives: the heuristic looks at each chunk's start. */
  const fill = (file: number) => {
    let filled = 0;
    while (filled < buffer.length) {
      const read = readSync(file, buffer, filled, buffer.length - filled, null);
      if (read === 0) break;
      filled += read;
    }
    return buffer.subarray(0, filled);
  };
  return tasks.map(({ path, kind }) => {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      const hash = createHash('md5');
      for (let chunk = fill(file); chunk.length > 0; chunk = fill(file)) {
        hash.update(kind === 'md5' ? chunk : unixLines(chunk));
        if (chunk.length < buffer.length) break;
      }
      return { hash: hash.digest('hex') };
    } catch (error) {
      return { error: (error as { code?: string }).code ?? String(error) };
    } finally {
      if (file !== undefined) closeSync(file);
    }
  });
}

const program = `
  const { parentPort } = require('node:worker_threads');
  const hashFiles = ${hashFiles.toString()};
  parentPort.on('message', (tasks) => {
    parentPort.postMessage(hashFiles(require('node:crypto'), require('node:fs'), tasks));
  });
`;

/** From this many bytes on, threads gain more than it takes to start them. */
const bytesWorthThreads = 32 * 2 ** 20;

const tasksInBatch = 64;

/**
 * Hashes files, with all processors when they are large. The results come in the order of the
 * tasks.
 */
export async function hashAll(
  tasks: readonly (HashTask & { readonly size: number })[],
): Promise<readonly HashResult[]> {
  const bytes = tasks.reduce((sum, { size }) => sum + size, 0);
  const threads = Math.min(availableParallelism(), tasks.length);
  if (bytes < bytesWorthThreads || threads < 2) {
    return hashFiles(await import('node:crypto'), await import('node:fs'), tasks);
  }
  const results: HashResult[] = new Array(tasks.length);
  // The largest first, so that no thread is left with a long one at the end.
  const order = tasks.map((_, index) => index).sort((a, b) => sizeOf(tasks, b) - sizeOf(tasks, a));
  let next = 0;
  const takeBatch = () => {
    const batch: number[] = [];
    let size = 0;
    while (next < order.length && batch.length < tasksInBatch && size < bytesWorthThreads) {
      const index = order[next++] ?? 0;
      batch.push(index);
      size += sizeOf(tasks, index);
    }
    return batch;
  };
  const { Worker } = await import('node:worker_threads');
  await Promise.all(
    Array.from({ length: threads }, () =>
      runWorker(new Worker(program, { eval: true }), takeBatch, tasks, (index, result) => {
        results[index] = result;
      }),
    ),
  );
  return results;
}

function sizeOf(tasks: readonly { readonly size: number }[], index: number): number {
  return tasks[index]?.size ?? 0;
}

function runWorker(
  worker: Worker,
  takeBatch: () => number[],
  tasks: readonly HashTask[],
  take: (index: number, result: HashResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let batch: number[] = [];
    const send = () => {
      batch = takeBatch();
      if (batch.length > 0) {
        worker.postMessage(
          batch.map((index) => ({ path: tasks[index]?.path, kind: tasks[index]?.kind })),
        );
        return;
      }
      worker.terminate().then(() => resolve(), reject);
    };
    worker.on('error', reject);
    worker.on('message', (results: HashResult[]) => {
      for (const [at, result] of results.entries()) take(batch[at] ?? 0, result);
      send();
    });
    send();
  });
}
