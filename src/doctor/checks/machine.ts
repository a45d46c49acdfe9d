import { X509Certificate } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { readWhole, readWholeIfAble, whyUnreadable } from '../../system/read-whole.ts';
import { byteSize } from '../../terminal/table.ts';
import { type Check, judged, type Trouble } from '../check.ts';
import type { Subject } from '../subject.ts';

/** Bytes that should be free: an image with a usual Python stack has 0.5 GB. */
const enoughSpace = 2e9;

/** The workspace's disk. */
export function diskCheck({ cwd, project }: Subject): Check {
  return {
    name: 'disk',
    kind: 'configuration',
    needs: [],
    deadline: 5_000,
    look: () => spaceIn('value' in project ? project.value.root : cwd, 'configuration'),
  };
}

/** Whether the disk of a folder has room for images and data. */
export async function spaceIn(folder: string, kind: 'configuration' | 'engine') {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const text = `${byteSize(free)} free in ${folder}`;
  const troubles: Trouble[] =
    free < enoughSpace
      ? [
          {
            state: 'warning',
            text: `only ${text}`,
            hint: `Free some: ${byteSize(enoughSpace)} is little already. sibling clean --images removes images that nothing uses.`,
          },
        ]
      : [];
  return judged(troubles, { text, value: free, kind });
}

/** Variables that name certificates for one program or another. */
const certificateVariables = [
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'AWS_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
  'NODE_EXTRA_CA_CERTS',
];

/** The certificates that the environment names: a wrong path breaks one program and not the other. */
export function certificateCheck({ env }: Subject): Check {
  return {
    name: 'ca-trust',
    kind: 'configuration',
    needs: [],
    deadline: 5_000,
    look() {
      const named = certificateVariables.flatMap((name) => {
        const path = env[name];
        return path ? [{ name, path }] : [];
      });
      const troubles = named.flatMap(({ name, path }) => certificateTroubles(name, path));
      const names = named.map(({ name }) => name).join(', ');
      const text =
        named.length > 0
          ? `certificates of ${names}`
          : 'the usual certificates: no variable names others';
      return judged(troubles, { text, value: undefined, kind: 'configuration' });
    },
  };
}

function certificateTroubles(name: string, path: string): Trouble[] {
  const hint = `Set ${name} to a file of certificates in PEM, or unset it.`;
  let certificates: string[];
  try {
    certificates = statSync(path).isDirectory()
      ? readdirSync(path).flatMap((file) => pemBlocks(readOr(join(path, file))))
      : pemBlocks(readWhole(path).toString('latin1'));
  } catch (error) {
    return [
      { state: 'failure', text: `${name} names ${path}, which ${whyUnreadable(error)}`, hint },
    ];
  }
  if (certificates.length === 0) {
    return [{ state: 'failure', text: `${name} names ${path}, which holds no certificate`, hint }];
  }
  const broken = certificates.filter((pem) => !isCertificate(pem)).length;
  if (broken === 0) return [];
  const text = `${name} names ${path}: ${broken} of its ${certificates.length} certificates cannot be parsed`;
  return [{ state: 'failure', text, hint }];
}

function pemBlocks(text: string): string[] {
  return (
    text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*(?:-----END[^\n]*)?/g) ?? []
  );
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** What else lies in a folder of certificates is nobody's trouble. */
function readOr(path: string): string {
  return readWholeIfAble(path)?.toString('latin1') ?? '';
}
