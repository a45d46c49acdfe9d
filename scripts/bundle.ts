import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A compiled entry point and the committed folder that its bundle goes to. */
interface Bundle {
  readonly entry: string;
  readonly folder: string;
  readonly file: string;
}

const actions = existsSync('actions') ? readdirSync('actions') : [];
const bundles: readonly Bundle[] = [
  { entry: 'build/src/cli.js', folder: 'dist', file: 'index.js' },
  // Vega is large, and few runs draw: nobody else loads this one.
  { entry: 'build/src/report/plots/worker.js', folder: 'dist', file: 'plots-worker.js' },
  ...actions.flatMap((name) => [
    { entry: `build/actions/${name}/main.js`, folder: `actions/${name}/dist`, file: 'index.js' },
    { entry: `build/actions/${name}/post.js`, folder: `actions/${name}/dist`, file: 'post.js' },
  ]),
].filter(({ entry }) => existsSync(entry));

/** Bundles an entry point with ncc: the code, the licences of what is in it, and package.json. */
function bundle({ entry, file }: Bundle, into: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'sibling-bundle-'));
  execFileSync(
    'node_modules/.bin/ncc',
    // Vega looks for canvas and does without; a chunk for it would replace the licences' file.
    [
      ...['build', entry, '--out', scratch, '--external', 'canvas'],
      ...['--minify', '--license', 'licenses.txt', '--quiet'],
    ],
    { stdio: 'inherit' },
  );
  mkdirSync(into, { recursive: true });
  copyFileSync(join(scratch, 'index.js'), join(into, file));
  copyFileSync(join(scratch, 'package.json'), join(into, 'package.json'));
  const licences = file === 'index.js' ? 'licenses.txt' : file.replace('.js', '-licenses.txt');
  copyFileSync(join(scratch, 'licenses.txt'), join(into, licences));
  rmSync(scratch, { recursive: true });
}

/** Files of a committed folder that a fresh bundle would write with other bytes. */
function differences(fresh: string, committed: string): string[] {
  return readdirSync(fresh)
    .filter((name) => {
      const path = join(committed, name);
      return !existsSync(path) || !readFileSync(join(fresh, name)).equals(readFileSync(path));
    })
    .map((name) => join(committed, name));
}

if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'sibling-bundles-'));
  for (const one of bundles) bundle(one, join(fresh, one.folder));
  const folders = [...new Set(bundles.map(({ folder }) => folder))];
  const stale = folders.flatMap((folder) => differences(join(fresh, folder), folder));
  rmSync(fresh, { recursive: true });
  if (stale.length > 0) {
    console.error(`Not what the sources give: ${stale.join(', ')}\nRun: npm run bundle`);
    process.exit(1);
  }
  console.log(`${bundles.length} bundles are what the sources give`);
} else {
  for (const one of bundles) bundle(one, one.folder);
  console.log(`Bundled ${bundles.map(({ folder, file }) => `${folder}/${file}`).join(', ')}`);
}
