import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleEntry, type Format } from './bundle/bundle-entry.ts';

/** A compiled entry point and the committed folder that its bundle goes to. */
interface Bundle {
  readonly entry: string;
  readonly folder: string;
  readonly file: string;
  readonly format: Format;
}

const actions = existsSync('actions') ? readdirSync('actions') : [];
const bundles: readonly Bundle[] = [
  // What V8 compiled of CommonJS alone can be kept (bin/compiled-code.cjs).
  ...[
    { entry: 'build/src/cli.js', file: 'index.js' },
    // Vega is large, and few runs draw: nobody else loads this one.
    { entry: 'build/src/report/plots/worker.js', file: 'plots-worker.js' },
  ].map((bundle) => ({ ...bundle, folder: 'dist', format: 'commonjs' as const })),
  ...actions.flatMap((name) =>
    [
      { entry: `build/actions/${name}/main.js`, file: 'index.js' },
      { entry: `build/actions/${name}/post.js`, file: 'post.js' },
    ].map((bundle) => ({ ...bundle, folder: `actions/${name}/dist`, format: 'module' as const })),
  ),
].filter(({ entry }) => existsSync(entry));

/** Every file of the committed folders, by folder and name. */
async function bundleAll(): Promise<Map<string, Map<string, string>>> {
  const folders = new Map<string, Map<string, string>>();
  for (const { entry, folder, file, format } of bundles) {
    const files = folders.get(folder) ?? new Map<string, string>();
    folders.set(folder, files);
    for (const [name, content] of await bundleEntry(entry, file, format)) {
      if ((files.get(name) ?? content) !== content) {
        throw new Error(`two bundles of ${folder} write ${name}, each with another content`);
      }
      files.set(name, content);
    }
  }
  return folders;
}

/** Files of a committed folder that are missing, have another content or should not be there. */
function differences(folder: string, files: ReadonlyMap<string, string>): string[] {
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const isRight = (name: string) =>
    present.includes(name) && readFileSync(join(folder, name), 'utf8') === files.get(name);
  return [...new Set([...files.keys(), ...present])]
    .filter((name) => !isRight(name))
    .map((name) => join(folder, name));
}

const folders = await bundleAll();
if (process.argv.includes('--check')) {
  const stale = [...folders].flatMap(([folder, files]) => differences(folder, files));
  if (stale.length > 0) {
    console.error(`Not what the sources give: ${stale.join(', ')}\nRun: npm run bundle`);
    process.exit(1);
  }
  console.log(`${bundles.length} bundles are what the sources give`);
} else {
  for (const [folder, files] of folders) {
    // A chunk that is no longer made would stay.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
  }
  console.log(`Bundled ${bundles.map(({ folder, file }) => `${folder}/${file}`).join(', ')}`);
}
