import { readdirSync, readFileSync } from 'node:fs';
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
  const folder = join(repository, 'src/commands');
  const adding = readdirSync(folder).filter(
    (file) =>
      file.endsWith('.ts') &&
      /^export function add\w+Commands?\(/m.test(readFileSync(join(folder, file), 'utf8')),
  );
  expect(adding).toHaveLength(commandFiles.length);
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
