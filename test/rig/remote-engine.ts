import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Docker from 'dockerode';
import { freePort } from './server-process.ts';

/** A second engine on this machine that lives as if on another one. */
export interface RemoteEngine {
  /** What reaches it, as in a person's shell. */
  readonly env: Readonly<Record<string, string>>;
  readonly docker: Docker;
  /** Makes a folder on the engine's machine. */
  makeFolder(path: string): void;
  /** Brings images there that the machine's own engine has. */
  load(references: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const bridge = 'sibling-remote';

/**
 * Starts a dockerd that is reached over TCP with TLS alone and that has a /tmp and a /run of its
 * own: what a test has below /tmp is not there for it, as for a daemon on another machine.
 */
export async function startRemoteEngine(): Promise<RemoteEngine> {
  // Not below /tmp, which the engine sees another one of; and on a disk, as overlay2 wants it.
  const folder = mkdtempSync('/var/lib/sibling-remote-engine-');
  const certificates = makeCertificates(join(folder, 'certificates'));
  const port = await freePort();
  execFileSync('ip', ['link', 'add', 'name', bridge, 'type', 'bridge']);
  execFileSync('ip', ['addr', 'add', '172.31.255.1/24', 'dev', bridge]);
  const daemon = [
    ...['dockerd', '--data-root', join(folder, 'data'), '--pidfile', join(folder, 'pid')],
    ...['--exec-root', '/run/docker', '--bridge', bridge, '--iptables=false', '--ip-masq=false'],
    ...['--host', 'unix:///var/run/docker.sock', '--host', `tcp://127.0.0.1:${port}`],
    ...['--tlsverify', '--tlscacert', join(certificates, 'ca.pem')],
    ...['--tlscert', join(certificates, 'server.pem')],
    ...['--tlskey', join(certificates, 'server-key.pem')],
  ];
  const own = 'mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /run && exec "$@"';
  const child = spawn('unshare', ['--mount', 'sh', '-c', own, 'sh', ...daemon], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (data) => {
    log = (log + data).slice(-20_000);
  });
  const docker = new Docker({
    host: '127.0.0.1',
    port,
    protocol: 'https',
    ca: readFileSync(join(certificates, 'ca.pem')),
    cert: readFileSync(join(certificates, 'cert.pem')),
    key: readFileSync(join(certificates, 'key.pem')),
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    execFileSync('ip', ['link', 'delete', bridge]);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !(await answers(docker)); tries++) {
    if (tries < 150 && child.exitCode === null) await pause(200);
    else {
      await stop();
      throw new Error(`the second dockerd did not start:\n${log}`);
    }
  }
  return {
    env: {
      DOCKER_HOST: `tcp://127.0.0.1:${port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: certificates,
    },
    docker,
    makeFolder: (path) => {
      execFileSync('nsenter', ['--target', `${child.pid}`, '--mount', 'mkdir', '-p', path]);
    },
    load: (references) => load(references, docker),
    stop,
  };
}

async function answers(docker: Docker): Promise<boolean> {
  return docker.ping().then(
    () => true,
    () => false,
  );
}

async function load(references: readonly string[], docker: Docker): Promise<void> {
  for (const reference of references) {
    const archive = await new Docker().getImage(reference).get();
    const answer = await docker.loadImage(archive);
    answer.resume();
    await once(answer, 'end');
  }
}

/** A certificate authority with a server's and a client's certificate, named as Docker wants them. */
function makeCertificates(folder: string): string {
  mkdirSync(folder);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-subj', '/CN=ca', '-keyout', 'ca-key.pem', '-out', 'ca.pem');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n');
  for (const [name, prefix] of [
    ['server', 'server-'],
    ['client', ''],
  ] as const) {
    const out = prefix === '' ? 'cert.pem' : 'server.pem';
    const subject = ['-subj', `/CN=${name}`, '-keyout', `${prefix}key.pem`];
    openssl('req', '-newkey', 'rsa:2048', '-nodes', ...subject, '-out', `${name}.csr`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem'],
      ...['-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', out],
    );
  }
  return folder;
}
