import { expect, test } from '@jest/globals';
import { type SandboxRequest, stageContainer } from '../../src/container/sandbox.ts';

const request: SandboxRequest = {
  name: 'sibling-run-train',
  image: 'sha256:1',
  user: { uid: 1000, gid: 1001 },
  workingDirectory: '/work',
  mounts: [],
  env: { A: '1' },
  network: 'none',
  memory: 256 * 1024 ** 2,
  cpus: 1.5,
  labels: { 'sibling.role': 'stage' },
};

// Written out once more on purpose: each right that a stage lacks is a decision.
test('the rights of a stage container', () => {
  expect(stageContainer(request)).toEqual({
    name: 'sibling-run-train',
    Image: 'sha256:1',
    User: '1000:1001',
    WorkingDir: '/work',
    Env: ['A=1'],
    Labels: { 'sibling.role': 'stage' },
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      Mounts: [],
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,nosuid,nodev,size=1073741824,mode=1777' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 4096,
      Memory: 268435456,
      MemorySwap: 268435456,
      NanoCpus: 1_500_000_000,
      Init: true,
    },
  });
});

test('a command replaces the entrypoint too', () => {
  expect(stageContainer({ ...request, command: ['python', 'x.py'] })).toMatchObject({
    Entrypoint: [],
    Cmd: ['python', 'x.py'],
  });
});
