import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of webpack's compilation that tells what is in a bundle. */
export interface WebpackCompilation {
  readonly modules: Iterable<WebpackModule>;
  readonly chunkGraph: { getNumberOfModuleChunks(module: WebpackModule): number };
}

interface WebpackModule {
  /** The module's file. */
  readonly resource?: string;
  /** Of modules that are written as one. */
  readonly modules?: Iterable<WebpackModule>;
}

/** A package that a bundle has code of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly folder: string;
}

/** The packages whose code is in a bundle, in the order of their names. */
export function bundledPackages({ modules, chunkGraph }: WebpackCompilation): BundledPackage[] {
  const folders = new Set<string>();
  const see = (module: WebpackModule) => {
    for (const part of module.modules ?? []) see(part);
    const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module.resource ?? '')?.[0];
    if (folder !== undefined) folders.add(folder);
  };
  for (const module of modules) {
    // What nothing uses is in no chunk.
    if (chunkGraph.getNumberOfModuleChunks(module) > 0) see(module);
  }
  const packages = new Map<string, BundledPackage>();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    packages.set(`${name}@${version}`, { name, version, licence: license, folder });
  }
  return [...packages]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, bundled]) => bundled);
}
