import type Docker from 'dockerode';
import { storedLogin } from './stored-login.ts';

/** Where images may come from and go to, besides being built. */
export interface Registry {
  /** Prefix of a repository's name, for example `ghcr.io/owner`. */
  readonly prefix: string;
  readonly auth?: Docker.AuthConfig;
}

/** The registry that SIBLING_REGISTRY names, with the login that belongs to it. */
export async function registryOf(env: NodeJS.ProcessEnv): Promise<Registry | undefined> {
  const prefix = env.SIBLING_REGISTRY?.replace(/\/+$/, '');
  if (!prefix) return undefined;
  const auth = await loginFor(env, `${prefix}/any`);
  return auth ? { prefix, auth } : { prefix };
}

/**
 * The login for the registry that an image is in: SIBLING_REGISTRY_USER and
 * SIBLING_REGISTRY_PASSWORD if that is the registry of SIBLING_REGISTRY, else what `docker login`
 * stored for it, in a helper or a file. No other registry ever sees them: the engine sends a login to whichever registry
 * an image's name leads to.
 */
export async function loginFor(
  env: NodeJS.ProcessEnv,
  image: string,
): Promise<Docker.AuthConfig | undefined> {
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
