import { join } from 'node:path';
import { configFiles } from '../dvc/config/files.ts';
import { repositoryOwners } from '../git/trust/repository-owners.ts';
import { addressSecrets } from '../secrets/in-address.ts';
import { keepSecret } from '../secrets/known.ts';
import { readWholeIfAble } from '../system/read-whole.ts';

/** Options of DVC's remotes that are secret by themselves (dvc/config_schema.py). */
const secretOptions =
  /^(password|access_key_id|secret_access_key|session_token|connection_string|account_key|sas_token|client_secret|gdrive_client_secret|token|refresh_token|passphrase|oss_key_secret)$/;

/**
 * Makes this process keep to itself what DVC and Git know of a project without any variable: the
 * passwords of DVC's remotes, and those in the addresses and headers of Git's.
 */
export function keepProjectSecrets(root: string, env: NodeJS.ProcessEnv = process.env): void {
  const found = [...dvcSecrets(root, env), ...gitSecrets(root)];
  if (found.length > 0) keepSecret({}, undefined, found);
}

function dvcSecrets(root: string, env: NodeJS.ProcessEnv): string[] {
  return Object.values(configFiles(root, env)).flatMap((file) =>
    settingsIn(file).flatMap(({ name, value }) => [
      ...(secretOptions.test(name) ? [value] : []),
      ...addressesIn(value),
    ]),
  );
}

function gitSecrets(root: string): string[] {
  const owners = repositoryOwners(root);
  if (owners === undefined) return [];
  const { gitFolder } = owners;
  const folders = [gitFolder, join(gitFolder, textOf(join(gitFolder, 'commondir')).trim())];
  const files = [...new Set(folders)].flatMap((folder) =>
    ['config', 'config.worktree'].map((name) => join(folder, name)),
  );
  return files.flatMap((file) =>
    settingsIn(file).flatMap(({ name, value }) => [
      ...(name === 'extraheader' ? headerSecrets(value) : []),
      ...addressesIn(value),
    ]),
  );
}

/** Of `Authorization: basic …`, as GitHub's checkout writes it, all that comes after the scheme. */
function headerSecrets(header: string): string[] {
  const [, scheme = '', value = ''] = /^[^:]*:\s*(?:(\w+)\s+)?(.*)$/.exec(header) ?? [];
  const pair = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString() : '';
  return [value, pair.slice(pair.indexOf(':') + 1)].filter((secret) => secret.length > 5);
}

function addressesIn(value: string): string[] {
  return value.includes('://') ? addressSecrets(value) : [];
}

/**
 * The options of an INI file, and the names of its sections, as far as they look like that: what is not
 * understood here is somebody else's to refuse.
 */
function settingsIn(file: string): { readonly name: string; readonly value: string }[] {
  return textOf(file)
    .split('\n')
    .flatMap((line) => {
      const [, section] = /^\s*\[\s*\w+\s+"(.*)"\s*\]/.exec(line) ?? [];
      if (section !== undefined) return [{ name: '', value: section }];
      const [, name = '', value] = /^\s*['"]?([\w-]+)['"]?\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (value === undefined) return [];
      const plain = value.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["\\])/g, '$1');
      return [{ name: name.toLowerCase(), value: plain }];
    });
}

function textOf(file: string): string {
  return readWholeIfAble(file)?.toString('utf8') ?? '';
}
