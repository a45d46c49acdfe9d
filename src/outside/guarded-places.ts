import { join } from 'node:path';
import { contains } from '../system/contains.ts';

/** Whose machine and project it is that a stage must not get hold of. */
export interface Owned {
  /** The project's folder, absolute. */
  readonly root: string;
  /** The home folder of who runs Sibling. */
  readonly home: string;
}

/** Files of the kernel: a copy of them means nothing, and some of them are the machine. */
const ofKernel = ['/proc', '/sys', '/dev'];

/** Folders that are too much as a whole; what is in them may be named. */
const ofMachine = [
  ...['/etc', '/usr', '/var', '/var/lib', '/run', '/var/run', '/boot', '/root', '/opt', '/tmp'],
  ...['/bin', '/sbin', '/lib', '/home'],
];

/** Where engines keep all containers and their sockets: not even a part of it is for a stage. */
const ofEngines = [
  ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/run/docker'],
  ...['/run/containerd', '/run/podman', '/run/user', '/run/docker.sock', '/run/crio'],
];

/** Where programs keep credentials, in a home folder. */
const withCredentials = [
  ...['.ssh', '.aws', '.azure', '.docker', '.kube', '.gnupg', '.netrc', '.git-credentials'],
  ...['.pypirc', '.npmrc', '.dagshub', '.config/gcloud', '.config/gh', '.config/dvc'],
  ...['.config/git/credentials', '.config/containers', '.config/rclone', '.config/hub'],
  ...[
    '.kaggle',
    '.huggingface',
    '.cache/huggingface/token',
    '.databrickscfg',
    '.pgpass',
    '.my.cnf',
  ],
  ...[
    '.s3cfg',
    '.boto',
    '.vault-token',
    '.password-store',
    '.local/share/keyrings',
    '.terraform.d',
  ],
];

/**
 * Why a stage may not get what is at `source`, a path without links, as the end of a sentence about
 * it; undefined when it may. A stage is given what it names, but not by mistake the machine.
 */
export function whyGuarded(source: string, { root, home }: Owned): string | undefined {
  if (contains(root, source)) return undefined;
  if (source === '/') return 'the whole file system';
  if (contains(source, root)) return 'a folder that the project itself lies in';
  if (contains(source, home)) return 'a whole home folder';
  const isKernels = ofKernel.some((place) => contains(place, source));
  // Memory for files, which some use as a fast disk.
  if (isKernels && !source.startsWith('/dev/shm/')) return 'a part of the running system';
  if (ofMachine.includes(source)) return 'a folder of the machine as a whole';
  // Where it is no link to /run, as it is everywhere by now.
  const inRun = source.replace(/^\/var(?=\/run\/)/, '');
  if (ofEngines.some((place) => contains(place, inRun))) {
    return 'a folder of the container engine’s own';
  }
  // Of any home folder: root may read them all.
  const homes = [home, '/root', ...(/^\/home\/[^/]+/.exec(source) ?? [])];
  const keys = homes.flatMap((each) => withCredentials.map((name) => join(each, name)));
  if (keys.some((place) => contains(place, source))) return 'a place of credentials';
  if (/^\/home\/[^/]+$/.test(source)) return 'a whole home folder';
  return undefined;
}

/** What an image of a program needs to be itself. */
const ofImages = [
  ...['/bin', '/sbin', '/lib', '/lib64', '/etc', '/usr/bin', '/usr/sbin', '/usr/lib'],
  ...['/usr/local/bin', '/usr/local/lib', '/opt', '/var/run', '/run', ...ofKernel],
];

/** Whether a folder that is mounted at `target` would hide what an image needs. */
export function hidesImage(target: string): boolean {
  return (
    ofImages.some((place) => contains(target, place)) ||
    ofKernel.some((place) => contains(place, target))
  );
}

/** Programs and places of the dvc-runner's own; a file there is not this machine's. */
const ofRunner = [
  ...['/bin', '/sbin', '/lib', '/lib64', '/usr/bin', '/usr/sbin', '/usr/lib'],
  ...['/usr/local/bin', '/usr/local/lib', '/opt/venv', '/opt/sibling', '/run/sibling'],
  ...['/var/lib/sibling', ...ofKernel],
];

/** Whether a mount at `target` would take from the dvc-runner what it runs by. */
export function hidesRunner(target: string, kind: 'file' | 'directory'): boolean {
  if (ofRunner.some((place) => contains(place, target))) return true;
  const folders = [...ofRunner, '/etc', '/run', '/var/run', '/tmp'];
  return kind === 'directory' && folders.some((place) => contains(target, place));
}
