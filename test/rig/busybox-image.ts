import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { toolPath } from './tools.ts';

/** A two-megabyte image with a shell: what the tests' stages are built from. */
export const busyboxImage = 'sibling-test/busybox:3';

const applets =
  'cat cp cut echo env false head id kill ln ls md5sum mkdir mv printf rm seq sleep sort stat tee test touch tr true grep mount sh wc wget yes dd ip nc'.split(
    ' ',
  );

/** Makes the image unless the engine has it. */
export async function ensureBusyboxImage(docker: Docker = new Docker()): Promise<void> {
  const known = await docker.listImages({ filters: { reference: [busyboxImage] } });
  if (known.length > 0) return;
  const root = mkdtempSync(join(tmpdir(), 'sibling-busybox-'));
  try {
    for (const folder of ['bin', 'tmp', 'etc']) mkdirSync(join(root, folder));
    chmodSync(join(root, 'tmp'), 0o1777); // runc gives a tmpfs the rights of the folder beneath it
    chmodSync(join(root, 'etc'), 0o777); // so that rights alone do not keep a stage from writing here
    cpSync(toolPath('busybox'), join(root, 'bin/busybox'));
    for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet));
    const archive = join(root, '..', `${root.split('/').at(-1)}.tar`);
    execFileSync('tar', ['-C', root, '-cf', archive, '.']);
    const stream = await docker.importImage(archive, {
      repo: busyboxImage.split(':')[0],
      tag: busyboxImage.split(':')[1],
      changes: ['ENV PATH=/bin'],
    });
    await new Promise((resolve, reject) => {
      stream.on('error', reject).on('end', resolve).resume();
    });
    rmSync(archive);
  } finally {
    rmSync(root, { recursive: true });
  }
}
