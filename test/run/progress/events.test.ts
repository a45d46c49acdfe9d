import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LineSplitter } from '../../../src/container/log-lines.ts';
import { EventReader, encodeEvent, type RunEvent } from '../../../src/run/progress/events.ts';

const ended = (logTail: readonly string[]): RunEvent => ({
  type: 'stage-ended',
  stage: 'train',
  seconds: 1,
  outs: [],
  logTail,
});

/** The events that a launcher reads of some output, which reaches it in pieces of `size` bytes. */
function read(output: string, size: number): (RunEvent | 'part' | undefined)[] {
  const reader = new EventReader('secret');
  const splitter = new LineSplitter();
  const bytes = Buffer.from(output);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    lines.push(...splitter.push(bytes.subarray(at, at + size)));
  }
  return [...lines, ...splitter.end()].map((line) => reader.take(line).event);
}

const print = (event: RunEvent) => `${encodeEvent('secret', event).join('\n')}\n`;

test('an event arrives whole, whatever a stage has logged and however much', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.string({ unit: 'binary', maxLength: 50 }).map((part) => part.repeat(400)),
  );
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 20 }),
      fc.integer({ min: 1, max: 70_000 }),
      (tail, size) => {
        const event = ended(tail.map((line) => Buffer.from(line).toString()));
        const answers = read(print(event), size);
        expect(answers.at(-1)).toEqual(event);
        expect(answers.slice(0, -1).every((answer) => answer === 'part')).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('a log of 20 lines of the greatest length that are shown arrives', () => {
  const event = ended(Array(20).fill('\u{1f331}'.repeat(8_000)));
  expect(read(print(event), 65_536).at(-1)).toEqual(event);
});

test('half an event, of a process that was killed, does no harm to the next one', () => {
  const big = encodeEvent('secret', ended(['x'.repeat(30_000)]));
  const next = ended(['next']);
  const output = `${big.slice(0, 2).join('\n')}\n${print(next)}`;
  expect(read(output, 1_000)).toEqual(['part', 'part', next]);
  expect(read(`${big.slice(1).join('\n')}\n${print(next)}`, 1_000).at(-1)).toEqual(next);
});
