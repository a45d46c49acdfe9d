import { spawn } from 'node:child_process';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { doubtOf, nameLabel, notUsed } from '../identity/doubt.ts';
import { enginePlatform, type FoundImage, findImage } from '../identity/found-image.ts';
import { followProgress } from '../request/progress.ts';
import { installPackages } from '../setup/debian.ts';
import {
  type BaseImage,
  type BaseImageRequest,
  digest,
  requiredBase,
  secondsSince,
} from './local.ts';

/** What goes into the base image that is made of Debian's packages, by mmdebstrap(1). */
const debianRecipe = [
  '--variant=minbase',
  '--include=python3,python3-venv,python3-pip,ca-certificates',
  '--customize-hook=ln -s python3 "$1/usr/bin/python"',
  '--customize-hook=rm -rf "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale',
  'bookworm',
  '-',
];

/** What that image is called here. */
export const debianReference = `sibling/base:debian-bookworm-python3.11-${digest([...debianRecipe, nameLabel].join(' '))}`;

/** Why an image of that name is not the one that is made here. */
export function doubtOfDebian(found: FoundImage, engine: string): string | undefined {
  return doubtOf(found, { reference: debianReference, platform: engine });
}

/** Makes the base image of Debian's packages. Throws 'image' with mmdebstrap's or the engine's words. */
export async function debianBase(
  docker: Docker,
  { report, signal }: BaseImageRequest,
): Promise<BaseImage> {
  const begun = performance.now();
  const foreign = await findImage(docker, debianReference);
  const doubt = foreign && doubtOfDebian(foreign, await enginePlatform(docker));
  if (foreign && doubt !== undefined) {
    report(notUsed(foreign, { reference: debianReference }, doubt));
  }
  await installPackages(['mmdebstrap'], report);
  signal?.throwIfAborted();
  report('Building the base image from Debian packages (mmdebstrap, 25 to 60 s)');
  // A group of its own: apt and dpkg below it do not end with mmdebstrap alone.
  const child = spawn('mmdebstrap', debianRecipe, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [repo = '', tag = ''] = debianReference.split(':');
  // Under a name of its own until mmdebstrap has ended well: a cut archive imports without an error.
  const importing = docker.importImage(child.stdout, {
    repo,
    tag: `${tag}-partial-${process.pid}`,
    changes: [
      'ENV LANG=C.UTF-8',
      'CMD ["python3"]',
      `LABEL ${nameLabel}=${JSON.stringify(debianReference)}`,
    ],
  });
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  signal?.addEventListener('abort', stop, { once: true });
  const imported = importing.then((stream) => followProgress(`import ${debianReference}`, stream));
  // An engine that takes no more leaves mmdebstrap waiting for somebody to read what it makes.
  imported.catch(stop);
  const [importedWell, endedWell] = await Promise.allSettled([imported, ended]);
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (importedWell.status === 'rejected') throw importedWell.reason;
  if (endedWell.status === 'rejected') throw endedWell.reason;
  const code = endedWell.value;
  const partial = docker.getImage(`${repo}:${tag}-partial-${process.pid}`);
  if (code !== 0) {
    await partial.remove().catch(() => undefined);
    signal?.throwIfAborted();
    throw new ExpectedFailure({
      kind: 'image',
      cause: `mmdebstrap could not make the base image (exit code ${code})`,
      hint: 'Check that apt-get update works on this machine.',
      details: errors.trim().split('\n').slice(-10),
    });
  }
  await partial.tag({ repo, tag });
  await partial.remove();
  report(`Built the base image (${secondsSince(begun)})`);
  return requiredBase(docker, debianReference, doubtOfDebian);
}
