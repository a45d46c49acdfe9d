import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { bundleEntry } from '../../scripts/bundle/bundle-entry.ts';
import { drawInWorker } from '../../src/report/plots/draw-in-worker.ts';
import { readPlots } from '../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../src/report/plots/spec.ts';
import { filesOfBundle, markedTexts, packagesOf, requestsOf } from '../rig/bundle-code.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-bundles-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const entries: Readonly<Record<string, string>> = {
  'dist/index.js': 'src/cli.js',
  'dist/plots-worker.js': 'src/report/plots/worker.js',
  ...Object.fromEntries(
    readdirSync(join(repository, 'actions')).flatMap((name) =>
      [
        [`actions/${name}/dist/index.js`, `actions/${name}/main.js`],
        [`actions/${name}/dist/post.js`, `actions/${name}/post.js`],
      ].filter(([, entry]) => existsSync(join(repository, 'build', entry ?? ''))),
    ),
  ),
};

test('an entry that needs what was not compiled gives no bundle', async () => {
  const entry = join(scratch, 'entry.js');
  writeFileSync(entry, "import { gone } from './gone.js';\nconsole.log(gone);\n");
  await expect(bundleEntry(entry, 'index.js', 'module')).rejects.toThrow(
    /entry\.js needs \.\/gone\.js, which was not compiled/,
  );
});

test('every JavaScript file beside a bundle belongs to one', () => {
  const bundles = Object.keys(entries).map((file) => join(repository, file));
  const present = [...new Set(bundles.map((file) => dirname(file)))].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(folder, name)),
  );
  expect(present.sort()).toEqual(bundles.flatMap(filesOfBundle).sort());
});

describe.each(Object.entries(entries))('%s', (bundle, entry) => {
  const file = join(repository, bundle);

  test('asks for nothing but Node’s own modules and its chunks', () => {
    const all = filesOfBundle(file).map(requestsOf);
    expect(all.flatMap(({ computed }) => computed)).toEqual([]);
    const others = all.flatMap(({ modules }) => [...modules]).filter((name) => !isBuiltin(name));
    // Vega draws on a canvas where there is one, and tries.
    expect(others).toEqual(bundle === 'dist/plots-worker.js' ? ['canvas'] : []);
    const chunks = new Set(all.flatMap((requests) => [...requests.chunks]));
    const names = [...chunks].map((chunk) => `${chunk}.${basename(file)}`);
    // Each chunk that is there is asked for, and the other way around.
    expect(names.sort()).toEqual(
      filesOfBundle(file)
        .slice(1)
        .map((chunk) => basename(chunk))
        .sort(),
    );
  });

  test('lists the licence of every package that its sources import', () => {
    const name = basename(bundle) === 'index.js' ? '' : `${basename(bundle, '.js')}-`;
    const licences = readFileSync(join(dirname(file), `${name}licenses.txt`), 'utf8');
    const packages = [...packagesOf(join(repository, 'build', entry))].map((each) => {
      const folder = join(repository, 'node_modules', each);
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return { folder, label: `${each}@${version}` };
    });
    expect(packages.length).toBeGreaterThan(0);
    const listed = new Set(licences.split('\n'));
    const code = filesOfBundle(file).map((each) => readFileSync(each, 'utf8'));
    for (const { folder, label } of packages) {
      if (listed.has(label)) continue;
      // Imported by a file of which only other parts are used: then nothing of it may be there.
      const texts = [...markedTexts(folder)];
      expect({ label, texts: texts.length }).not.toEqual({ label, texts: 0 });
      const found = texts.filter((text) => code.some((each) => each.includes(text)));
      expect({ label, found }).toEqual({ label, found: [] });
    }
  });
});

test('dist/plots-worker.js alone draws', async () => {
  const alone = mkdtempSync(join(scratch, 'alone-'));
  cpSync(join(repository, 'dist'), alone, { recursive: true });
  const entries = [{ folder: '.', entry: { 'p.csv': { x: 'x' } } }];
  const files = [{ path: 'p.csv', content: Buffer.from('x,y\n1,2\n2,1\n') }];
  const plots = readPlots(readPlotSpecs(entries, []), undefined, files);
  const worker = pathToFileURL(join(alone, 'plots-worker.js'));
  const [drawn] = await drawInWorker(worker, { plots, templates: new Map() });
  expect(drawn).toMatchObject({ images: [{ type: 'image/svg+xml' }] });
});

/** What each says of itself where it is alone: no packages around it, no inputs, no engine. */
test.each([
  ['dist', ['index.js', 'status'], 2, /no dvc\.yaml and no \.dvc in /],
  ['dist', ['index.js', 'build', 'nothing'], 2, /no dvc\.yaml and no \.dvc in /],
  ['dist', ['index.js', '--help'], 0, /Usage: sibling .*setup-env/s],
  ['actions/comment-metrics/dist', ['index.js'], 1, /the input needs is missing/],
  ['actions/push-artifacts/dist', ['index.js'], 1, /no dvc\.yaml and no \.dvc in /],
  ['actions/run-stage/dist', ['index.js'], 1, /the input stage is missing/],
  ['actions/run-stage/dist', ['post.js'], 0, /^$/],
  ['actions/setup-dvc/dist', ['index.js'], 0, /No DagsHub credentials/],
  ['actions/setup-dvc/dist', ['post.js'], 0, /^$/],
] as const)('%s: %j alone ends with %d', async (folder, args, code, words) => {
  const alone = mkdtempSync(join(scratch, 'alone-'));
  cpSync(join(repository, folder), alone, { recursive: true });
  const event = join(alone, 'event.json');
  writeFileSync(event, '{"inputs":{}}');
  const job = { GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_EVENT_PATH: event };
  const { PATH, HOME } = process.env;
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  const result = await runCommand(
    process.execPath,
    args.map((arg, at) => (at === 0 ? join(alone, arg) : arg)),
    {
      cwd: alone,
      env: { ...nothing, PATH, HOME, RUNNER_TEMP: alone, ...job },
    },
  );
  expect(result.stdout + result.stderr).toMatch(words);
  expect(result.code).toBe(code);
});
