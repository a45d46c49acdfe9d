import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { minify } from 'terser';
import { bundledPackages, type WebpackCompilation } from './bundled-packages.ts';
import { licenceText } from './licence-text.ts';

/** What ncc gives for a compiled entry point; it comes without types. */
interface NccOutput {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: Buffer | string }>>;
  readonly stats: { readonly compilation: WebpackCompilation };
}

type Ncc = (entry: string, options: object) => Promise<NccOutput>;

const require = createRequire(import.meta.url);
const ncc: Ncc = require('@vercel/ncc');

/** How Node is to load a bundle. */
export type Format = 'commonjs' | 'module';

/**
 * The files that a bundle of a compiled entry point consists of, by name: `file`, the chunks
 * `NNN.file` that it loads when it needs them, the licences of what is in them, and package.json.
 */
export async function bundleEntry(
  entry: string,
  file: string,
  format: Format,
): Promise<Map<string, string>> {
  const output = await ncc(resolve(entry), {
    filename: file,
    esm: format === 'module',
    // Vega looks for canvas and does without.
    externals: ['canvas'],
    quiet: true,
  });
  refuseMissing(entry, output.code);
  const files = new Map([[file, await minified(output.code, format)]]);
  for (const [name, { source }] of Object.entries(output.assets)) {
    // The others are data for parts that are never asked for: gRPC's definitions in dockerode.
    if (!isChunkOf(file, name)) continue;
    refuseMissing(entry, source.toString());
    files.set(name, await minified(source.toString(), format));
  }
  const packages = bundledPackages(output.stats.compilation);
  files.set(licencesOf(file), licenceText(packages));
  files.set('package.json', `{\n  "type": "${format}"\n}\n`);
  return files;
}

/** What ncc does not find it leaves to be looked for at run time, where it is not either. */
function refuseMissing(entry: string, code: string): void {
  const missing = /eval\("require"\)\("(\.[^"]*)"\)/.exec(code)?.[1];
  if (missing === undefined) return;
  throw new Error(
    `${entry} needs ${missing}, which was not compiled: remove build/, then try again`,
  );
}

/** Whether a file is one of the chunks of a bundle. */
export function isChunkOf(file: string, name: string): boolean {
  return name.endsWith(`.${file}`) && /^\d+$/.test(name.slice(0, -file.length - 1));
}

function licencesOf(file: string): string {
  return file === 'index.js' ? 'licenses.txt' : `${basename(file, '.js')}-licenses.txt`;
}

/** Short names and no comments: what is not written need not be parsed at each start. */
async function minified(code: string, format: Format): Promise<string> {
  const { code: short } = await minify(code, {
    module: format === 'module',
    compress: false,
    mangle: { keep_classnames: true, keep_fnames: true },
  });
  if (short === undefined) throw new Error('terser gave nothing');
  return short;
}
