import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addCommands, commandFiles } from '../../src/commands/add-commands.ts';
import { repository } from '../rig/repository.ts';

const newProgram = () => new Command().exitOverride().option('-C, --directory <folder>');
const namesIn = (program: Command) => program.commands.map((command) => command.name());

test.each(commandFiles.map(({ names, load }) => [names.join(', '), names, load] as const))(
  'the file of %s adds just these',
  async (_label, names, load) => {
    const program = newProgram();
    (await load())(program);
    expect(namesIn(program)).toEqual(names);
  },
);

test('no file with commands is forgotten', () => {
  const withoutCommands = ['add-commands.ts', 'mlflow-access.ts', 'runner-access.ts', 'session.ts'];
  const files = readdirSync(join(repository, 'src/commands'));
  expect(files.filter((file) => !withoutCommands.includes(file))).toHaveLength(commandFiles.length);
});

test.each([
  ['status --json', ['status', 'dag']],
  ['-C status run train', ['run']],
  ['stage train -- python status.py', ['stage']],
])('for %s only what it needs is loaded', async (line, expected) => {
  const program = newProgram();
  await addCommands(program, line.split(' '));
  expect(namesIn(program)).toEqual(expected);
});

test.each(['', '--help', 'help status', 'statsu'])(
  'for "%s" every command is there',
  async (line) => {
    const program = newProgram();
    await addCommands(program, line === '' ? [] : line.split(' '));
    expect(namesIn(program)).toEqual(commandFiles.flatMap(({ names }) => names));
  },
);
