import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutputReader } from '../../src/container/log-lines.ts';

function frame(stream: 1 | 2, payload: string): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

const frames = fc.array(
  fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.stringMatching(/^[a-cé\n]{1,12}$/)),
  { minLength: 1 },
);

test('what is read again from the beginning, however the first stream was cut, gives no line twice and loses none', async () => {
  await fc.assert(
    fc.asyncProperty(frames, fc.nat(), async (parts, anywhere) => {
      const log = Buffer.concat(parts.map(([stream, text]) => frame(stream, text)));
      const reader = new OutputReader();
      const found: Record<string, string[]> = { stdout: [], stderr: [] };
      const cut = log.subarray(0, anywhere % (log.length + 1));
      for await (const { stream, lines } of reader.read(Readable.from([cut]))) {
        found[stream]?.push(...lines);
      }
      for await (const { stream, lines } of reader.read(Readable.from([log]), reader.taken)) {
        found[stream]?.push(...lines);
      }
      for (const { stream, lines } of reader.end()) found[stream]?.push(...lines);
      for (const [number, name] of [
        [1, 'stdout'],
        [2, 'stderr'],
      ] as const) {
        const text = parts.map(([stream, each]) => (stream === number ? each : '')).join('');
        const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
        expect(found[name]).toEqual(text === '' ? [] : lines);
      }
    }),
  );
});
