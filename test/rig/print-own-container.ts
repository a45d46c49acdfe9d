/** Prints as JSON how this process sees itself: for tests that run it inside a container. */

import { connectEngine } from '../../src/container/engine.ts';
import { toHostMount } from '../../src/container/files/host-path.ts';
import { findOwnContainer } from '../../src/container/files/own-container.ts';

const { docker } = await connectEngine();
const own = await findOwnContainer(docker);
const [path = process.cwd()] = process.argv.slice(2);
const seen = {
  id: own?.id,
  foundBy: own?.foundBy,
  mount: own && toHostMount(own.mounts, path),
};
// An open connection to the engine would keep the process alive.
process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit());
