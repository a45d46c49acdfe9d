import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { ExpectedFailure } from '../errors.ts';
import { readWhole } from '../system/read-whole.ts';

/** Where clients of various kinds are told which authorities to trust, most general first. */
const names = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
] as const;

/**
 * The certificates that this host is told to trust, of all variables together, if it is told to trust
 * any. A variable that names a file which is not there counts as none, as it does for Node. Throws
 * 'configuration' for one that cannot be read.
 */
export function hostCertificates(env: NodeJS.ProcessEnv): Buffer | undefined {
  const bundles = new Map<string, Buffer>();
  for (const name of names) {
    const path = env[name];
    if (!path || bundles.has(path)) continue;
    try {
      bundles.set(path, readBundle(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      throw new ExpectedFailure(
        {
          kind: 'configuration',
          cause: `${name} names ${path}, which cannot be read (${code})`,
          hint: 'Let it name a file with certificates in PEM form, or unset it.',
        },
        { cause: error },
      );
    }
  }
  const [first, ...others] = bundles.values();
  if (first === undefined || others.length === 0) return first;
  return Buffer.concat([first, ...others].flatMap((bundle) => [bundle, Buffer.from('\n')]));
}

/** A file, or, as Python's requests takes it too, a folder of files. */
function readBundle(path: string): Buffer {
  if (!statSync(path).isDirectory()) return readWhole(path);
  const names = readdirSync(path).filter((name) => /\.(?:pem|crt|\d)$/.test(name));
  return Buffer.concat(names.flatMap((name) => [readWhole(join(path, name)), Buffer.from('\n')]));
}

/**
 * The authorities that our own requests trust, in PEM form: Node's and the host's. Undefined where
 * the host names none. Node itself reads only NODE_EXTRA_CA_CERTS, and that at its start.
 */
export function trustedAuthorities(env: NodeJS.ProcessEnv): string[] | undefined {
  const bundle = hostCertificates(env);
  return bundle && [...rootCertificates, bundle.toString()];
}
