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

/** The registry that SIBLING_REGISTRY names, with the login that belongs to it. */
export function registryOf(env: NodeJS.ProcessEnv): Registry | undefined {
  const prefix = env.SIBLING_REGISTRY?.replace(/\/+$/, '');
  if (!prefix) return undefined;
  const auth = loginFor(env, `${prefix}/any`);
  return auth ? { prefix, auth } : { prefix };
}

/**
 * The login for the registry that an image is in: SIBLING_REGISTRY_USER and
 * SIBLING_REGISTRY_PASSWORD if that is the registry of SIBLING_REGISTRY, else what `docker login`
 * stored for it. No other registry ever sees them: the engine sends a login to whichever registry
 * an image's name leads to.
 */
export function loginFor(env: NodeJS.ProcessEnv, image: string): Docker.AuthConfig | undefined {
  const host = registryHost(image);
  const { SIBLING_REGISTRY_USER: username, SIBLING_REGISTRY_PASSWORD: password } = env;
  const own = env.SIBLING_REGISTRY && registryHost(`${env.SIBLING_REGISTRY}/any`);
  if (username && password && host === own) return { username, password, serveraddress: host };
  return storedLogin(env, host);
}

/** Docker Hub's name in config.json; an image without a registry in its name comes from there. */
const dockerHub = 'https://index.docker.io/v1/';

/** The first part of an image's name is a registry if it has a dot or a port, or is localhost. */
function registryHost(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : dockerHub;
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
