import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Area } from './areas.ts';

/**
 * Stryker's configuration for one area. The compiled files are changed, in a copy of the folder: the
 * mutants of all files are compiled in at once, and a test run chooses one by its number.
 */
export function strykerConfig(name: string, area: Area, folder: string, report: string): object {
  return {
    mutate: area.files.map((file) => `build/${file}`),
    testRunner: 'in-process',
    inProcess: { tests: area.tests.map((file) => join('build', 'test', file)) },
    coverageAnalysis: 'perTest',
    // Node.js forgets no module that it has loaded.
    maxTestRunnerReuse: 200,
    // Stryker reads tsconfig.json by TypeScript, which npx does not give it; nothing compiles here.
    ignorePatterns: [`/${folder}`, '/dist', '/actions', 'tsconfig.json'],
    // Beside the folder: below it, jest would find each package.json of it twice.
    tempDirName: join(tmpdir(), 'sibling-mutants'),
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    incremental: true,
    incrementalFile: join(folder, `${name}-before.json`),
    warnings: { slow: false, unknownOptions: false },
    allowConsoleColors: false,
    plugins: ['words', 'test-runner'].map((file) => `./build/scripts/mutants/${file}.js`),
    ignorers: ['words'],
  };
}
