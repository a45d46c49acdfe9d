import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { writeDifference } from '../../../src/container/files/write-difference.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-difference-'));
const [existing, aside] = [join(folder, 'existing'), join(folder, 'aside')];
afterAll(() => rmSync(folder, { recursive: true }));

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

test('writes all of what differs, and nothing of what does not', async () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  // Long common beginnings, or the same.
  const pair = fc.oneof(
    fc.tuple(bytes, bytes),
    fc
      .tuple(bytes, bytes, bytes)
      .map(([start, one, two]) => [Buffer.concat([start, one]), Buffer.concat([start, two])]),
    bytes.map((both) => [both, both]),
  );
  await fc.assert(
    fc.asyncProperty(pair, fc.integer({ min: 1, max: 20 }), async ([before, after], size) => {
      if (!before || !after) return;
      writeFileSync(existing, before);
      rmSync(aside, { force: true });
      const written = await writeDifference(inPieces(after, size), existing, aside);
      expect(written).toBe(!before.equals(after));
      if (written) expect(readFileSync(aside).equals(after)).toBe(true);
      else expect(existsSync(aside)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('writes what is new', async () => {
  expect(await writeDifference(inPieces(Buffer.from('new'), 2), undefined, aside)).toBe(true);
  expect(readFileSync(aside, 'utf8')).toBe('new');
});
