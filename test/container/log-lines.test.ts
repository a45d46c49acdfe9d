import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter, LogTail, outputLines } from '../../src/container/log-lines.ts';

function frame(stream: 1 | 2, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function collect(chunks: readonly Buffer[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = { stdout: [], stderr: [] };
  for await (const { stream, lines } of outputLines(Readable.from(chunks))) {
    found[stream]?.push(...lines);
  }
  return found;
}

describe('outputLines', () => {
  test('gives each stream its own whole lines', async () => {
    const chunks = [
      frame(1, Buffer.from('a\nb')),
      frame(2, Buffer.from('oops\n')),
      frame(1, Buffer.from('c\nd')),
    ];
    expect(await collect(chunks)).toEqual({ stdout: ['a', 'bc', 'd'], stderr: ['oops'] });
  });

  test('finds the same lines however the bytes are cut into chunks', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n]/g, '')),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 })), async (lines, sizes) => {
        const bytes = Buffer.concat(
          lines.map((line, index) => frame(index % 2 === 0 ? 1 : 2, Buffer.from(`${line}\n`))),
        );
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % Math.max(1, sizes.length)] ?? bytes.length;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const { stdout, stderr } = await collect(chunks);
        expect(stdout).toEqual(lines.filter((_, index) => index % 2 === 0));
        expect(stderr).toEqual(lines.filter((_, index) => index % 2 === 1));
      }),
    );
  });
});

describe('LineSplitter', () => {
  test('bytes that are not UTF-8 become replacement characters', () => {
    expect(new LineSplitter().push(Buffer.from([0x61, 0xff, 0x0a]))).toEqual(['a\ufffd']);
  });

  test('a long line is cut and says how much is missing, in bounded memory', () => {
    const splitter = new LineSplitter(16_384);
    for (let count = 0; count < 100; count++) splitter.push(Buffer.alloc(1_000_000, 'x'));
    const [line = ''] = splitter.push(Buffer.from('\n'));
    expect(line.length).toBeLessThan(20_000);
    expect(line).toMatch(/… \[99983616 more characters in this line\]$/);
  });

  test('an unfinished last line is not lost', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from('a\nb'))).toEqual(['a']);
    expect(splitter.end()).toEqual(['b']);
  });
});

test('LogTail keeps the last lines', () => {
  const tail = new LogTail(2);
  tail.push(['a', 'b', 'c']);
  tail.push(['d']);
  expect(tail.lines).toEqual(['c', 'd']);
});
