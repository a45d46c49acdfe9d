/**
 * Writes the tables of inputs and outputs in the actions' READMEs from their action.yml; with
 * `--check` writes nothing and fails where a README has other tables.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../test/rig/repository.ts';

interface Described {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const isCheck = process.argv.includes('--check');
const stale = readdirSync(join(repository, 'actions')).filter((name) => {
  const folder = join(repository, 'actions', name);
  const { inputs, outputs } = parse(readFileSync(join(folder, 'action.yml'), 'utf8'));
  const path = join(folder, 'README.md');
  const before = readFileSync(path, 'utf8');
  const after = fill(fill(before, 'inputs', inputTable(inputs)), 'outputs', outputTable(outputs));
  if (!isCheck && after !== before) writeFileSync(path, after);
  return after !== before;
});
if (isCheck && stale.length > 0) {
  console.error(`READMEs without the tables of their action.yml: ${stale.join(', ')}`);
  console.error('Run: npm run compile && node build/scripts/action-readmes.js');
  process.exit(1);
}
console.log(
  stale.length === 0 ? 'The tables are those of action.yml' : `Wrote ${stale.join(', ')}`,
);

function inputTable(inputs: Readonly<Record<string, Described>> = {}): string[] {
  const rows = Object.entries(inputs).map(([name, { description, required, default: value }]) => {
    const fallback = required ? '**required**' : value ? `\`${value}\`` : 'empty';
    return `| \`${name}\` | ${cell(description)} | ${fallback} |`;
  });
  return rows.length === 0 ? ['None.'] : ['| Input | | Default |', '|---|---|---|', ...rows];
}

function outputTable(outputs: Readonly<Record<string, Described>> = {}): string[] {
  const rows = Object.entries(outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return rows.length === 0 ? ['None.'] : ['| Output | |', '|---|---|', ...rows];
}

function cell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function fill(text: string, part: 'inputs' | 'outputs', lines: readonly string[]): string {
  const [start, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`no ${start} … ${end}`);
  return `${before}${start}\n${lines.join('\n')}\n${end}${after}`;
}
