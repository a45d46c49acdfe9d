import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';

/** Where images may come from and go to, besides being built. */
export interface Registry {
  /** Prefix of a repository's name, for example `ghcr.io/owner`. */
  readonly prefix: string;
  readonly auth?: Docker.AuthConfig;
}

/**
 * The registry that SIBLING_REGISTRY names, with SIBLING_REGISTRY_USER and
 * SIBLING_REGISTRY_PASSWORD or what `docker login` stored.
 */
export function registryOf(env: NodeJS.ProcessEnv): Registry | undefined {
  const prefix = env.SIBLING_REGISTRY?.replace(/\/+$/, '');
  if (!prefix) return undefined;
  const { SIBLING_REGISTRY_USER: username, SIBLING_REGISTRY_PASSWORD: password } = env;
  const host = prefix.split('/')[0] ?? prefix;
  if (username && password) return { prefix, auth: { username, password, serveraddress: host } };
  const auth = storedLogin(env, host);
  return auth ? { prefix, auth } : { prefix };
}

/** What `docker login` wrote into config.json; credential helpers are not asked. */
function storedLogin(env: NodeJS.ProcessEnv, host: string): Docker.AuthConfig | undefined {
  const folder = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker');
  try {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    const encoded: unknown = config.auths?.[host]?.auth;
    if (typeof encoded !== 'string') return undefined;
    const [username = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
    return { username, password: rest.join(':'), serveraddress: host };
  } catch {
    return undefined; // no configuration: anonymous
  }
}
