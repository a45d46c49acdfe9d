import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseDocument } from 'yaml';
import { lockEntries, mergeLock } from '../../../src/dvc/lock/merge.ts';
import { lockText, type SpliceCase, spliceCases } from '../../rig/lock-splices/random-lock.ts';
import { failureOf } from '../project-folder.ts';

const head = "schema: '2.0'\n";
const entry = (cmd: string, name = 'train') => `  ${name}:\n    cmd: ${cmd}\n`;
const changes = new Map([['train', entry('new')]]);

/** Maps as lists of pairs, for their order, and numbers as they are written. */
function reading(text: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe' });
  expect(document.errors).toEqual([]);
  return ordered(document.toJS({ mapAsMap: true }));
}

function ordered(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, one]) => [key, ordered(one)]);
  return Array.isArray(value) ? value.map(ordered) : value;
}

const merged = (one: SpliceCase) => mergeLock('dvc.lock', lockText(one), one.changes);

function expected({ changes, ...one }: SpliceCase): unknown {
  const sections = reading(lockText({ changes, ...one })) as [string, unknown][];
  return sections.map(([name, value]) => {
    if (name !== 'stages') return [name, value];
    const stages = new Map(value as [string, unknown][]);
    for (const [stage, text] of changes) {
      const [[, [entry]]] = reading(`stages:\n${text}`) as [[string, [[string, unknown]]]];
      stages.set(stage, entry[1]);
    }
    return [name, [...stages]];
  });
}

/** What stays, with a gap for each entry that may change and for the new ones. */
function outside({ pieces, changes, newAfter }: SpliceCase): RegExp {
  const parts = pieces.map(({ text, stage }, at) => {
    const kept = stage !== undefined && changes.has(stage) ? '[^]*' : escaped(text);
    return at === newAfter ? `${kept}[^]*` : kept;
  });
  return new RegExp(`^${parts.join('')}(?:\r?\n[^]*)?$`);
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

describe('results of other jobs in a dvc.lock', () => {
  test('change what they name, and nothing else', () => {
    fc.assert(
      fc.property(spliceCases, (one) => {
        expect(reading(merged(one))).toEqual(expected(one));
        expect(merged(one)).toMatch(outside(one));
      }),
      { numRuns: 200 },
    );
  });

  test('written twice are as written once', () => {
    fc.assert(
      fc.property(spliceCases, (one) => {
        const once = merged(one);
        expect(mergeLock('dvc.lock', once, one.changes)).toBe(once);
        expect(mergeLock('dvc.lock', lockText(one), lockEntries(lockText(one)))).toBe(
          lockText(one),
        );
      }),
    );
  });

  test('entries that are handed on say what they said, whatever the file looked like', () => {
    fc.assert(
      fc.property(spliceCases, (one) => {
        const text = lockText(one);
        const made = mergeLock('dvc.lock', undefined, lockEntries(text));
        expect(lockEntries(made)).toEqual(lockEntries(text));
      }),
    );
  });
});

describe('a dvc.lock of an uncommon form', () => {
  test.each<[string, string, string]>([
    ['no stages', head, `${head}stages:\n${entry('new')}`],
    [
      'other sections alone, without a newline at the end',
      `${head}datasets:\n- name: d`,
      `${head}datasets:\n- name: d\nstages:\n${entry('new')}`,
    ],
    ['nothing below stages', `${head}stages:\nz: 1\n`, `${head}stages:\n${entry('new')}z: 1\n`],
    ['stages: null', `${head}stages: null # n\n`, `${head}stages:  # n\n${entry('new')}`],
    ['stages: {}', `${head}stages: {} # n\n`, `${head}stages: {train: {cmd: new}} # n\n`],
    [
      'JSON',
      '{"schema": "2.0", "stages": {"a": {"cmd": "x"}}, "datasets": []}',
      '{"schema": "2.0", "stages": {"a": {"cmd": "x"}, train: {cmd: new}}, "datasets": []}',
    ],
    ['JSON without stages', '{"schema": "2.0"}', '{"schema": "2.0", stages: {train: {cmd: new}}}'],
    [
      'a key over several lines',
      `${head}stages:\n  ? train\n  : cmd: old\n  b: {cmd: x}\n`,
      `${head}stages:\n${entry('new')}  b: {cmd: x}\n`,
    ],
    [
      'a block of text, an anchor on all, and an end mark',
      `${head}stages: &all\n  train:\n    cmd: |\n      x\n\n  b: {cmd: x}\n...\n`,
      `${head}stages: &all\n${entry('new')}\n  b: {cmd: x}\n...\n`,
    ],
    [
      'an alias in place of the entry',
      `${head}stages:\n  b: &b {cmd: x}\n  train: *b\n`,
      `${head}stages:\n  b: &b {cmd: x}\n${entry('new')}`,
    ],
    [
      'CRLF and a byte order mark',
      `\ufeff${head}stages:\n${entry('old')}`.replaceAll('\n', '\r\n'),
      `\ufeff${head}stages:\n${entry('new')}`.replaceAll('\n', '\r\n'),
    ],
  ])('%s', (_, text, result) => {
    expect(mergeLock('dvc.lock', text, changes)).toBe(result);
  });

  test.each<[string, string, RegExp, number]>([
    ['DVC 1', '# mine\ntrain:\n  cmd: x\n', /is of DVC 1/, 2],
    ['an unknown schema', "schema: '3.0'\n", /unknown schema/, 1],
    ['a list of stages', `${head}stages: []\n`, /stages of sub\/dvc.lock is not a map/, 2],
    [
      'a merge conflict',
      `${head}stages:\n<<<<<<< HEAD\n${entry('x')}=======\n${entry('y')}>>>>>>> b\n`,
      /merge conflict/,
      3,
    ],
    [
      'a merge conflict that is YAML all the same',
      '{schema: "2.0",\n stages: {\n<<<<<<< HEAD\n a: 1,\n=======\n b: 1,\n>>>>>>> b\n}}\n',
      /merge conflict/,
      3,
    ],
    ['two documents', `${head}---\nstages: {}\n`, /more than one document/, 2],
    ['a key twice', `${head}stages:\n${entry('x')}${entry('y')}`, /train is there twice/, 5],
    ['an anchor that others need', `${head}stages:\n  train: &a {cmd: x}\n  b: *a\n`, /doubt/, 3],
    ['CR alone', `${head}stages:\r  train: {cmd: x}\n`, /doubt: a line ends with CR alone/, 2],
    ['an alias in itself', `${head}stages: &s\n  b: *s\n`, /doubt/, 1],
    ['nothing', '', /doubt/, 1],
    ['no YAML', `${head}stages: [\n`, /not valid YAML/, 3],
  ])('%s is refused, with the place and a remedy', (_, text, cause, line) => {
    const failure = failureOf(() => mergeLock('sub/dvc.lock', text, changes));
    expect(failure).toMatchObject({ kind: 'configuration', place: { file: 'sub/dvc.lock', line } });
    expect(failure.cause).toMatch(cause);
    expect(failure.hint).not.toBe('');
  });

  test('that refers to itself gives entries that do not', () => {
    const text = `${head}stages:\n  a:\n    cmd: x\n    outs: &o [{path: "o"}]\n  b: {cmd: 1.0e-7, outs: *o}\n`;
    expect(lockEntries(text).get('b')).toBe('  b: {cmd: 1.0e-7, outs: [{path: "o"}]}\n');
  });

  test('with aliases of aliases of aliases takes no time', () => {
    const levels = Array.from(
      { length: 40 },
      (_, at) => `l${at + 1}: &l${at + 1} [*l${at}, *l${at}]\n`,
    );
    const text = `${head}l0: &l0 [x]\n${levels.join('')}stages:\n  a: {cmd: *l40}\n`;
    expect(lockEntries(text)).toEqual(new Map());
    expect(failureOf(() => mergeLock('dvc.lock', text, changes)).cause).toMatch(/doubt/);
  });
});
