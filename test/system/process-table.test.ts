import { expect, test } from '@jest/globals';
import { type ProcessTable, processLives } from '../../src/system/process-table.ts';

const absent = (code: string) => Object.assign(new Error(code), { code });
/** A table in which /proc/PID/stat says `state` and `started`, or cannot be read. */
function table(
  stat: { state: string; started: string } | 'unreadable',
  probe?: string,
): ProcessTable {
  return {
    stat: (pid) => {
      if (stat === 'unreadable') throw absent('ENOENT');
      const between = Array(18).fill('0').join(' ');
      return `${pid} (a (b) Z c) ${stat.state} ${between} ${stat.started} 0 0\n`;
    },
    probe: () => {
      if (probe) throw absent(probe);
    },
  };
}

test.each([
  ['a sleeping process', table({ state: 'S', started: '7' }), true],
  ['a later process with the same pid', table({ state: 'S', started: '8' }), false],
  ['a zombie', table({ state: 'Z', started: '7' }), false],
  ['a process that is being removed', table({ state: 'X', started: '7' }), false],
  ['one that the signal finds, without a readable /proc', table('unreadable'), true],
  ['one of another user’s, without a readable /proc', table('unreadable', 'EPERM'), true],
  ['one that is not there', table('unreadable', 'ESRCH'), false],
])('%s', (_, processes, lives) => {
  expect(processLives(5, '7', processes)).toBe(lives);
});

test('a start that could not be told when it was noted is that of whoever has the pid', () => {
  expect(processLives(5, '', table({ state: 'S', started: '8' }))).toBe(true);
});
