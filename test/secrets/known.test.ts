import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  declaredIn,
  hidden,
  holdsSecret,
  keepSecret,
  namesBeyond,
} from '../../src/secrets/known.ts';

const value = 'a1b2c3d4';
const other = 'z9y8x7w6';
const root = mkdtempSync(join(tmpdir(), 'sibling-known-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What the process writes meanwhile, to either stream. */
function written(act: () => void): unknown[] {
  const streams = [process.stdout, process.stderr];
  const before = streams.map((stream) => stream.write);
  const chunks: unknown[] = [];
  for (const stream of streams)
    stream.write = ((chunk: unknown) => chunks.push(chunk) > 0) as never;
  try {
    act();
  } finally {
    streams.forEach((stream, at) => {
      stream.write = before[at] as typeof stream.write;
    });
  }
  return chunks;
}

// One after the other: what a process knows to be secret it never forgets.
test('whatever this process prints has no secret, from the moment that one is known', () => {
  expect(hidden(value)).toBe(value);
  expect(holdsSecret(value)).toBe(false);
  const bytes = Buffer.from([0x61, 0xff, 0x00]);
  const calls: unknown[][] = [];
  const chunks = written(() => {
    process.stdout.write(`before ${value}`);
    keepSecret({ PATH: '/bin' });
    process.stdout.write(`nothing ${value}`);
    keepSecret({ TOKEN: value });
    keepSecret({ KAGGLE: other }, { names: ['KAGGLE'], publicText: '' });
    process.stdout.write(`out ${value} ${other}`);
    process.stderr.write(`err ${value}`);
    process.stdout.write(Buffer.from(`bytes ${value} ä`));
    process.stdout.write(bytes);
    process.stdout.write(`::add-mask::${value}\nthen ${value}\n::add-mask::${other}`);
    process.stdout.write(`no ::add-mask::${value}`);
    const write = process.stdout.write;
    process.stdout.write = ((...all: unknown[]) => calls.push(all) > 0) as typeof write;
    keepSecret({ TOKEN: 'another-1' });
    process.stdout.write('another-1');
    process.stdout.write = write;
    process.stdout.write('x another-1');
  });
  expect(chunks).toEqual([
    ...[`before ${value}`, `nothing ${value}`, 'out *** ***', 'err ***', 'bytes *** ä', bytes],
    `::add-mask::${value}\nthen ***\n::add-mask::${other}`,
    'no ::add-mask::***',
    'x ***',
  ]);
  // The streams are taken once only.
  expect(calls).toEqual([['another-1']]);
  expect(hidden(`${value} and ${other}`)).toBe('*** and ***');
  expect([value, `x${other}`, 'neither'].map(holdsSecret)).toEqual([true, true, false]);
});

test('of JSON that is printed the texts alone are hidden, and what is for a program goes as it is', () => {
  const module = new URL('../../src/secrets/known.js', import.meta.url).href;
  const script = `
    import { keepSecret, printAsItIs } from ${JSON.stringify(module)};
    keepSecret({ PIN_PASSWORD: '123456', NAME_PASSWORD: 'metrics' });
    const data = { metrics: [{ rows: 0.123456, why: 'of "123456"' }] };
    process.stdout.write(JSON.stringify(data, null, 2) + '\\n');
    printAsItIs('stage metrics\\n');
    console.log('[stage] metrics');`;
  const args = ['--input-type=module', '--eval', script];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(JSON.parse(printed.slice(0, printed.lastIndexOf('}') + 1))).toEqual({
    metrics: [{ rows: 0.123456, why: 'of "***"' }],
  });
  expect(printed).toMatch(/\nstage metrics\n\[stage\] \*\*\*\n$/);
});

test('what is handed on with a text is handed on', () => {
  const calls: unknown[][] = [];
  const before = process.stdout.write;
  process.stdout.write = ((...all: unknown[]) => calls.push(all) > 0) as typeof before;
  try {
    const done = () => {};
    process.stdout.write('x', 'utf8', done);
    expect(calls).toEqual([['x', 'utf8', done]]);
  } finally {
    process.stdout.write = before;
  }
});

describe('what a project says of declared variables', () => {
  test('is read only if there are any', () => {
    expect(declaredIn(root, [], {})).toEqual({ names: [], publicText: '' });
    expect(declaredIn(root, ['A'], {})).toEqual({ names: ['A'], publicText: '\n\n\n' });
  });

  test.each(['dvc.yaml', 'dvc.lock', 'params.yaml', 'sibling.yaml'])('stands in %s', (file) => {
    writeFileSync(join(root, file), `said in ${file}: ä`);
    const { names, publicText } = declaredIn(root, ['A'], {});
    expect(names).toEqual(['A']);
    expect(publicText.split('\n')).toContain(`said in ${file}: ä`);
    rmSync(join(root, file));
  });

  test('stands in no other file', () => {
    writeFileSync(join(root, '.env'), 'A=secret');
    expect(declaredIn(root, ['A'], {}).publicText.trim()).toBe('');
  });
});

test.each([
  [{ A: '1' }, {}, ['A']],
  [{ A: '1' }, { A: '1' }, []],
  [{ A: '1', B: '2' }, { A: '0', B: '2' }, ['A']],
  [{}, { A: '1' }, []],
])('the names in %j beyond %j are %j', (env, without, names) => {
  expect(namesBeyond(env, without)).toEqual(names);
});
