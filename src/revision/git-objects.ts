import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { askingNobody, gitBytes, gitProcess } from '../git/git.ts';
import { batched } from './batched.ts';
import { largestFile } from './entry.ts';

/** What Git has of a blob: its content, the size of one that is too large, or what Git says instead. */
export type Blob =
  | { readonly content: Uint8Array }
  | { readonly size: number }
  | { readonly said: string };

/** Milliseconds that one answer of Git's may take: a partial clone may have to get it. */
const patience = 60_000;

/** Gives blobs by their hashes; those that are asked for together come from one process. */
export function gitObjects(root: string): (hash: string) => Promise<Blob> {
  return batched(async (hashes) => {
    const found = await readBatch(root, hashes);
    return (hash) => found.get(hash) ?? readOne(root, hash);
  });
}

/** What Git gave before it ended; it ends at the first blob that a partial clone cannot get. */
async function readBatch(root: string, hashes: readonly string[]): Promise<Map<string, Blob>> {
  const question = ['cat-file', '--batch', '--buffer'];
  const { args, options } = gitProcess(root, question, { ...askingNobody, LC_ALL: 'C' });
  const child = spawn('git', args, {
    ...options,
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: patience,
  });
  const closed = once(child, 'close').catch(() => undefined); // no Git: each blob says so
  child.stdin.on('error', () => undefined).end(hashes.map((hash) => `${hash}\n`).join(''));
  const reader = new BatchReader(hashes);
  for await (const chunk of child.stdout) reader.take(chunk as Buffer);
  await closed;
  return reader.found;
}

/** Reads `HASH TYPE SIZE`, a line end, the content and a line end, again and again (git-cat-file). */
class BatchReader {
  readonly found = new Map<string, Blob>();
  private readonly hashes: readonly string[];
  private next = 0;
  private header = '';
  private size: number | undefined;
  private left = 0;
  private parts: Buffer[] = [];

  constructor(hashes: readonly string[]) {
    this.hashes = hashes;
  }

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length)
      at = this.size === undefined ? this.line(chunk, at) : this.body(chunk, at);
  }

  private line(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(10, from);
    this.header += chunk.toString('latin1', from, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.length;
    const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(this.header)?.[1];
    const said = this.header;
    this.header = '';
    if (size === undefined)
      this.add({ said: said.replace(/^[0-9a-f]+ missing$/, 'it is missing') });
    else {
      this.size = Number(size);
      this.left = this.size + 1;
    }
    return end + 1;
  }

  private body(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.left);
    const { size = 0 } = this;
    this.left -= end - from;
    if (size <= largestFile) this.parts.push(chunk.subarray(from, end));
    if (this.left > 0) return end;
    this.add(
      size > largestFile ? { size } : { content: Buffer.concat(this.parts).subarray(0, size) },
    );
    this.size = undefined;
    this.parts = [];
    return end;
  }

  private add(blob: Blob): void {
    const hash = this.hashes[this.next++];
    if (hash !== undefined) this.found.set(hash, blob);
  }
}

async function readOne(root: string, hash: string): Promise<Blob> {
  const answer = await gitBytes(root, ['cat-file', 'blob', hash]);
  return answer.isDone ? { content: answer.stdout } : { said: answer.said };
}
