import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** An authority that nobody knows, and a certificate of it: paths of PEM files. */
export interface PrivateAuthority {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes one in `folder`; `names` are as openssl has them: `DNS:host`, `IP:127.0.0.1`. */
export function makePrivateAuthority(folder: string, names: readonly string[]): PrivateAuthority {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const subject = ['-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  openssl(
    ...['req', '-x509', '-subj', '/CN=test authority', ...subject],
    ...['-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'ca.key', '-out', 'ca.pem'],
  );
  openssl(
    ...['req', '-x509', '-subj', '/CN=test server', ...subject],
    ...['-addext', `subjectAltName=${names.join(',')}`, '-addext', 'basicConstraints=CA:FALSE'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', 'key.pem', '-out', 'cert.pem'],
  );
  const path = (name: string) => join(folder, name);
  return { authority: path('ca.pem'), certificate: path('cert.pem'), key: path('key.pem') };
}
