import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type Check, type Finding, judged } from '../../src/doctor/check.ts';
import { examine, exitCodeOfResults } from '../../src/doctor/examine.ts';
import { ExpectedFailure } from '../../src/errors.ts';

function check<T>(name: string, look: Check<T>['look'], more: Partial<Check<T>> = {}): Check<T> {
  return { name, kind: 'configuration', needs: [], deadline: 1_000, ...more, look };
}

function ok<T>(value: T): Finding<T> {
  return { state: 'ok', text: 'fine', value };
}

function fail(kind: 'engine' | 'remote'): never {
  throw new ExpectedFailure({ kind, cause: 'broken', hint: 'mend it' });
}

const { signal } = new AbortController();

describe('examine', () => {
  test('one failure hides nothing but what needs it', async () => {
    const broken = check('broken', () => fail('engine'));
    const dependent = check('dependent', () => ok(1), { needs: [broken] });
    const further = check('further', () => ok(1), { needs: [dependent] });
    const results = await examine([broken, dependent, further, check('other', () => ok(1))], {
      signal,
    });
    expect(results).toMatchObject([
      { name: 'broken', state: 'failure', text: 'broken', hint: 'mend it', kind: 'engine' },
      { name: 'dependent', state: 'skipped', text: 'needs broken, which failed' },
      { name: 'further', state: 'skipped', text: 'needs broken, which failed' },
      { name: 'other', state: 'ok', text: 'fine' },
    ]);
  });

  test('what a check found is handed on, and it looks once', async () => {
    let looks = 0;
    const first = check('first', () => {
      looks += 1;
      return ok('found');
    });
    const seen: string[] = [];
    const reader = (name: string) =>
      check(name, (given) => ok(seen.push(given(first))), { needs: [first] });
    await examine([reader('a'), first, reader('b')], { signal });
    expect(seen).toEqual(['found', 'found']);
    expect(looks).toBe(1);
  });

  test('checks that do not need one another look at the same time, and tell in order', async () => {
    const told: string[] = [];
    const begun = performance.now();
    const slow = check('slow', () => sleep(300, ok(1)));
    const slower = check('slower', () => sleep(310, ok(1)));
    const quick = check('quick', () => ok(1));
    await examine([slow, slower, quick], { signal, onResult: ({ name }) => told.push(name) });
    expect(performance.now() - begun).toBeLessThan(550);
    expect(told).toEqual(['slow', 'slower', 'quick']);
  });

  test('a check that hangs fails by itself at its deadline, and may clean up', async () => {
    let cleaned = false;
    const hangs = check(
      'hangs',
      async (_given, stopped) => {
        await new Promise((resolve) => stopped.addEventListener('abort', resolve));
        await sleep(100);
        cleaned = true;
        return ok(1);
      },
      { deadline: 50, kind: 'remote', cleansUp: true },
    );
    const [result] = await examine([hangs], { signal });
    expect(result).toMatchObject({ state: 'failure', kind: 'remote', exitCode: 7 });
    expect(result?.text).toBe('hangs gave no answer within 0.05 s');
    expect(cleaned).toBe(true);
  });

  test('an error that nobody foresaw is that check’s alone, and a bug', async () => {
    const bug = check('bug', () => {
      throw new TypeError('x is not a function');
    });
    const results = await examine([bug, check('other', () => ok(1))], { signal });
    expect(results).toMatchObject([{ state: 'failure', exitCode: 70 }, { state: 'ok' }]);
    expect(results[0]?.text).toContain('x is not a function');
  });

  test('a refusal of the operating system or of the engine is no bug', async () => {
    const closed = check('closed', () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    });
    const refused = check('refused', () => {
      throw Object.assign(new Error('no such image'), { statusCode: 404 });
    });
    const results = await examine([closed, refused], { signal });
    expect(results).toMatchObject([{ exitCode: 3 }, { exitCode: 3 }]);
    expect(results[0]?.text).toBe('closed could not be looked at: EACCES: permission denied');
  });

  test('what proves a failure is told with it', async () => {
    const [result] = await examine(
      [
        check('proven', () => {
          throw new ExpectedFailure({
            kind: 'dvc',
            cause: 'dvc ended',
            hint: 'h',
            details: ['first', 'last words'],
          });
        }),
      ],
      { signal },
    );
    expect(result?.text).toBe('dvc ended (last words)');
  });

  test('an interruption stops the looks, waits for their clean-up and is thrown', async () => {
    const controller = new AbortController();
    let cleaned = false;
    const cleans = check(
      'cleans',
      async (_given, stopped) => {
        await new Promise((resolve) => stopped.addEventListener('abort', resolve));
        await sleep(50);
        cleaned = true;
        return ok(1);
      },
      { cleansUp: true },
    );
    const deaf = check('deaf', () => sleep(3_000, ok(1), { ref: false }));
    const examining = examine([deaf, cleans], { signal: controller.signal });
    await sleep(20);
    const begun = performance.now();
    controller.abort(new Error('stopped'));
    await expect(examining).rejects.toThrow('stopped');
    expect(cleaned).toBe(true);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test('the exit code is that of the first failure', async () => {
    const warns = check('warns', () => ({
      state: 'warning' as const,
      text: 'odd',
      hint: 'look',
      value: 1,
    }));
    const remote = check('remote', () => fail('remote'));
    const engine = check('engine', () => fail('engine'));
    expect(exitCodeOfResults(await examine([warns, remote, engine], { signal }))).toBe(7);
    expect(exitCodeOfResults(await examine([warns], { signal }))).toBe(0);
  });
});

test('several troubles are one finding, the worst first', () => {
  const fine = { text: 'fine', value: 1, kind: 'credentials' } as const;
  const warning = { state: 'warning', text: 'odd', hint: 'look' } as const;
  const failure = { state: 'failure', text: 'broken', hint: 'mend' } as const;
  expect(judged([], fine)).toEqual({ state: 'ok', text: 'fine', value: 1 });
  expect(judged([warning], fine)).toMatchObject({ state: 'warning', text: 'odd', value: 1 });
  expect(judged([warning, failure], fine)).toEqual({
    state: 'failure',
    failure: { kind: 'credentials', cause: 'broken; odd', hint: 'mend look' },
  });
});
