import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  connectEngine,
  type Engine,
  engineAddress,
  engineSocket,
  explainConnection,
} from '../../container/engine.ts';
import { hasSubpath } from '../../container/files/choose.ts';
import { isDebian } from '../../container/setup/debian.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';
import { spaceIn } from './machine.ts';

/** That of Engine 20.10. */
const oldestApi = '1.41';

/** The engine, from its socket to its disk. */
export function engineChecks({ env }: Subject) {
  const socket: Check<string> = {
    name: 'socket',
    kind: 'engine',
    needs: [],
    deadline: 5_000,
    look() {
      const address = engineAddress(env);
      const path = engineSocket({ address });
      if (path === undefined) {
        return {
          state: 'ok',
          text: `none on this machine: the engine is ${address}`,
          value: address,
        };
      }
      try {
        if (!statSync(path).isSocket()) throw Object.assign(new Error(), { code: 'ECONNREFUSED' });
        accessSync(path, constants.R_OK | constants.W_OK);
      } catch (error) {
        throw unusable(address, error as NodeJS.ErrnoException);
      }
      return { state: 'ok', text: `you may use ${path}`, value: address };
    },
  };
  const engine: Check<Engine> = {
    name: 'engine',
    kind: 'engine',
    needs: [socket],
    deadline: 8_000,
    async look() {
      const found = await connectEngine(env);
      const { product, version, address, rootless } = found;
      const text = `${product} ${version} at ${address}${rootless ? ', rootless' : ''}`;
      return { state: 'ok', text, value: found };
    },
  };
  const api: Check = {
    name: 'api',
    kind: 'engine',
    needs: [engine],
    deadline: 1_000,
    look: (given) => judgeApi(given(engine).apiVersion),
  };
  const disk: Check = {
    name: 'engine-disk',
    kind: 'engine',
    needs: [engine],
    deadline: 8_000,
    async look(given) {
      const { docker, name, address } = given(engine);
      const { DockerRootDir: folder = '' } = (await docker.info()) as { DockerRootDir?: string };
      const isHere = engineSocket({ address }) !== undefined && name === hostname();
      if (!isHere || !existsSync(folder)) {
        return { state: 'skipped', needs: `a look at ${folder} on the engine's machine` };
      }
      return spaceIn(folder, 'engine');
    },
  };
  return { socket, engine, api, disk };
}

/** Nothing is installed here: whoever asks what is wrong wants to know, not to change it. */
function unusable(address: string, error: NodeJS.ErrnoException): ExpectedFailure {
  const { cause, hint } = explainConnection(address, error);
  const isAbsent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
  const installs = isAbsent && isDebian() && process.getuid?.() === 0;
  const more = installs
    ? ' sibling run installs one on this machine, sibling doctor does not.'
    : '';
  return new ExpectedFailure({ kind: 'engine', cause, hint: hint + more }, { cause: error });
}

/** What an engine's API lets us do. */
export function judgeApi(version: string): ReturnType<Check['look']> {
  if (isOlder(version, oldestApi)) {
    throw new ExpectedFailure({
      kind: 'engine',
      cause: `the engine speaks API ${version}, and Sibling needs ${oldestApi} or newer`,
      hint: 'Update the container engine: Docker 20.10 or newer, or Podman 4.',
    });
  }
  const subpath = hasSubpath(version)
    ? ''
    : '; without subpath mounts (1.45), files in a volume are copied';
  return { state: 'ok', text: `${version}${subpath}`, value: undefined };
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = than.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
