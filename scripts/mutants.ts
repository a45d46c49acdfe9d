/**
 * Changes the code of what must never be decided wrongly, one place at a time, and looks whether a unit
 * test fails: `npm run mutants`, or one area: `npm run mutants -- gates`. Minutes for each area, on two
 * cores. Fails where less than 85 % of an area's mutants are killed; test/mutants.md names those that
 * live on. What an earlier run found of unchanged files is taken from build/mutants/.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { areas } from './mutants/areas.ts';
import { strykerConfig } from './mutants/config.ts';
import { type FileTally, survivorsOf, talliedText, talliesOf } from './mutants/tally.ts';

/** Not among the dependencies: 168 packages that only this command needs, while every job installs. */
const packages = ['@stryker-mutator/core@9.6.1'];
const wantedShare = 0.85;
const folder = join('build', 'mutants');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Test runners beside each other. */
    jobs: { type: 'string', default: '2' },
    /** Also prints the mutants that live on. */
    survivors: { type: 'boolean', default: false },
    /** Takes nothing from an earlier run. */
    fresh: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !Object.hasOwn(areas, name));
if (unknown !== undefined) {
  console.error(`There is no area ${unknown}: ${Object.keys(areas).join(', ')}`);
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const wanted = positionals.length > 0 ? positionals : Object.keys(areas);
for (const name of wanted) {
  const tallies = mutate(name);
  if (tallies === undefined) {
    process.exitCode = 1;
    continue;
  }
  const { text, share } = talliedText(name, tallies);
  console.log(text);
  if (share < wantedShare) process.exitCode = 1;
}

/** Undefined where Stryker could not do its work, and has said why. */
function mutate(name: string): readonly FileTally[] | undefined {
  const area = areas[name];
  const absent = area?.files.filter((file) => !existsSync(join('build', file)));
  if (area === undefined || (absent?.length ?? 0) > 0) {
    console.error(`${name}: not compiled: ${absent?.join(', ')}`);
    return undefined;
  }
  const config = join(folder, `${name}.json`);
  const report = join(folder, `${name}-report.json`);
  writeFileSync(config, JSON.stringify(strykerConfig(name, area, folder, report), null, 2));
  const { status } = spawnSync(
    'npx',
    [
      ...['--yes', ...packages.flatMap((wanted) => ['--package', wanted])],
      ...['stryker', 'run', config, '--concurrency', values.jobs],
      ...(values.fresh ? ['--force'] : []),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) return undefined;
  const read = JSON.parse(readFileSync(report, 'utf8'));
  if (values.survivors) for (const line of survivorsOf(read)) console.log(line);
  return talliesOf(read);
}
