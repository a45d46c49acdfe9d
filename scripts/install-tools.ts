/**
 * Installs the programs of the test suite: all sets, or those that are named as arguments
 * (`node build/scripts/install-tools.js checks actionlint`).
 */

import { errorText } from '../src/terminal/failure-text.ts';
import { colourAllowed, style } from '../src/terminal/style.ts';
import { installSet } from '../test/rig/tools/install.ts';
import type { ToolSet } from '../test/rig/tools/tool-set.ts';
import { toolSets, toolsFolder } from '../test/rig/tools.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !toolSets.some((set) => set.name === name));
if (unknown.length > 0) {
  console.error(
    `No such tools: ${unknown.join(', ')}. There are ${toolSets.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const wanted = toolSets.filter(({ name }) => names.length === 0 || names.includes(name));
// All at once: one set compiles for minutes while the others wait for the network.
const outcomes = await Promise.allSettled(wanted.map(install));
for (const outcome of outcomes) if (outcome.status === 'rejected') report(outcome.reason);

async function install(set: ToolSet): Promise<void> {
  const start = performance.now();
  if (!(await installSet(set, toolsFolder()))) return;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`installed ${Object.keys(set.programs).join(', ')} in ${seconds} s`);
}

function report(error: unknown): void {
  process.exitCode = 1;
  console.error(errorText(error, style(colourAllowed(process.env, process.stderr))));
}
