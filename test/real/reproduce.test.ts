import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import type { Reproduction } from '../../src/reproduction/result.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { Repository } from '../rig/dagshub/world.ts';
import { registeringProject, registerVersion } from '../rig/registering-project.ts';
import { git, removeProject, sibling } from '../rig/stage-project.ts';

const docker = new Docker();
const folders: string[] = [];
let dagsHub: DagsHubStandIn;

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', 'ada-token');
});
afterAll(async () => {
  await dagsHub.stop();
  for (const folder of folders) removeProject(folder);
});

interface Registered {
  readonly repository: Repository;
  readonly env: NodeJS.ProcessEnv;
  /** A clean clone of the project that registered version 1. */
  readonly clone: string;
  readonly commit: string;
}

async function registered(name: string, options = {}): Promise<Registered> {
  const repository = dagsHub.addRepository('ada', name);
  const env = {
    DAGSHUB_CLIENT_HOST: dagsHub.url,
    DAGSHUB_REPO: `ada/${name}`,
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: 'ada-token',
  };
  const root = registeringProject(options);
  const clone = `${root}-clone`;
  folders.push(root, clone);
  const commit = await registerVersion(root, env);
  git(root, 'clone', '--quiet', root, clone);
  return { repository, env, clone, commit };
}

async function reproduce(
  { clone, env }: Pick<Registered, 'clone' | 'env'>,
  ...args: string[]
): Promise<{ code: number | null; result: Reproduction; stderr: string }> {
  const { code, stdout, stderr } = await sibling(clone, ['reproduce', '--json', ...args], { env });
  if (stdout === '') throw new Error(`exit code ${code}\n${stderr}`);
  return { code, result: JSON.parse(stdout) as Reproduction, stderr };
}

describe('a version that was registered from a commit', () => {
  let one: Registered;
  beforeAll(async () => {
    one = await registered('plain');
  });

  test('comes out identical in a clean clone', async () => {
    const { code, result } = await reproduce(one, '/1');
    expect({ code, verdict: result.verdict, findings: result.findings }).toEqual({
      code: 0,
      verdict: 'identical',
      findings: [],
    });
  });
});
