import { join } from 'node:path';
import { readConfigSections } from '../../dvc/config/dvc-config.ts';
import { isLoopback } from '../../network/address.ts';
import type { Project } from '../../project/project.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { type Check, judged, type Trouble } from '../check.ts';
import type { Subject } from '../subject.ts';

/** Tells what is odd in DVC's configuration of the project; others refuse what is dangerous. */
export function configCheck({ dagsHub }: Subject, project: Check<Project>): Check {
  return {
    name: 'dvc-config',
    kind: 'configuration',
    needs: [project],
    deadline: 2_000,
    look(given) {
      const host = 'value' in dagsHub ? dagsHub.value?.host : undefined;
      const files = ['.dvc/config', '.dvc/config.local'];
      const troubles = files.flatMap((file) => fileTroubles(given(project).root, file, host));
      return judged(troubles, {
        text: 'nothing odd in .dvc/config',
        value: undefined,
        kind: 'configuration',
      });
    },
  };
}

function fileTroubles(root: string, file: string, host: string | undefined): Trouble[] {
  try {
    return [...readConfigSections(join(root, file))].flatMap(([section, entries]) => {
      const name = /^remote "(.*)"$/.exec(section)?.[1];
      return name === undefined ? [] : remoteTroubles({ name, file, entries }, host);
    });
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    // Not the line itself: it may hold a secret.
    const text = `${file} is written in a way that only DVC reads`;
    const hint = 'dvc config --list shows how DVC reads it.';
    return [{ state: 'warning', text, hint, place: { file } }];
  }
}

/** A remote of a configuration file. */
interface DeclaredRemote {
  readonly name: string;
  readonly file: string;
  readonly entries: ReadonlyMap<string, string>;
}

const secretOptions =
  /^(password|access_key_id|secret_access_key|session_token|custom_auth_header|connection_string|account_key|sas_token|client_secret|gdrive_client_secret|gdrive_service_account_json_file_path|token|refresh_token)$/;

/** `host` is DagsHub's, where its credentials are set. */
export function remoteTroubles(
  { name, file, entries }: DeclaredRemote,
  host: string | undefined,
): Trouble[] {
  const what = `the remote ${name} of ${file}`;
  const place = { place: { file } };
  const troubles: Trouble[] = [];
  const warn = (text: string, hint: string) =>
    troubles.push({ state: 'warning', text: `${what} ${text}`, hint, ...place });
  const addresses = ['url', 'endpointurl'].flatMap((key) => entries.get(key) ?? []);
  for (const address of addresses) {
    if (!URL.canParse(address)) continue;
    const { protocol, hostname, username, password } = new URL(address);
    if (protocol === 'http:' && !isLoopback(address)) {
      warn(
        `goes to ${hostname} in plain http: anybody on the way reads and changes it`,
        'Use https.',
      );
    }
    if (username || password) {
      const hint =
        'Take them out of the address, and make new ones: dvc remote modify --local keeps them out of Git.';
      warn('has credentials in its address', hint);
    }
    const isWeb = protocol === 'http:' || protocol === 'https:';
    if (host !== undefined && isWeb && new URL(address).origin !== new URL(host).origin) {
      warn(
        `leads to ${hostname}, while the credentials in .env are for ${host}`,
        'Sibling uses the one that .env names, plain dvc uses this one: remove it unless it is yours.',
      );
    }
  }
  if (entries.get('ssl_verify')?.toLowerCase() === 'false') {
    warn(
      'does not check certificates (ssl_verify = false)',
      'Remove that line; SSL_CERT_FILE names certificates of your own.',
    );
  }
  if (entries.has('custom_auth_header')) {
    warn(
      'sends a header of its own for authentication (custom_auth_header)',
      'Remove it unless you know what it is for.',
    );
  }
  const secrets = [...entries.keys()].filter((key) => secretOptions.test(key));
  if (file === '.dvc/config' && secrets.length > 0) {
    const hint = 'Make new ones, and keep them out of Git: dvc remote modify --local, or .env.';
    warn(`has ${secrets.join(', ')}, and Git keeps that file`, hint);
  }
  return troubles;
}
