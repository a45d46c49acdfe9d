import { expect, test } from '@jest/globals';
import { stopCommands } from '../../../src/job/results/stop-commands.ts';

/** The lines that a stage's job prints which says `said` meanwhile. */
function printed(env: NodeJS.ProcessEnv, said: string): string[] {
  let text = '';
  const resume = stopCommands(env, (more) => {
    text += more;
  });
  text += said;
  resume();
  return text.split('\n');
}

/** The commands that the runner obeys, by what its own stop and resume do. */
function obeyed(lines: readonly string[]): string[] {
  const found: string[] = [];
  let token: string | undefined;
  for (const line of lines) {
    const [, command = '', value = ''] = /^::([^:]+)::(.*)$/.exec(line) ?? [];
    if (token !== undefined) {
      if (command === token) token = undefined;
    } else if (command === 'stop-commands') token = value;
    else if (command !== '') found.push(line);
  }
  return token === undefined ? found : ['stopped for ever'];
}

const onGitHub = { GITHUB_ACTIONS: 'true' };

test.each([
  '::set-env name=PATH::/evil\n',
  '::set-env name=PATH::/evil',
  'no end of a line',
  '::add-path::/evil\n::stop-commands::mine\n::mine::\n::set-output name=x::y\n',
  '',
])('on GitHub no command in what a stage says is obeyed: %j', (said) => {
  const lines = printed(onGitHub, said);
  expect(obeyed(lines)).toEqual([]);
  expect(obeyed([...lines, '::error::later'])).toEqual(['::error::later']);
});

test('what makes the runner obey again is another word each time, which nobody guesses', () => {
  const words = Array.from({ length: 20 }, () => printed(onGitHub, '')[0]);
  expect(new Set(words).size).toBe(20);
  for (const word of words) expect(word).toMatch(/^::stop-commands::[0-9a-f]{32}$/);
});

test.each([{}, { GITHUB_ACTIONS: 'false' }])('outside GitHub nothing is said: %j', (env) => {
  expect(printed(env, '::error::x')).toEqual(['::error::x']);
});
