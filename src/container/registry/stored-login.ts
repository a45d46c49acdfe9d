import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import { readWholeIfAble } from '../../system/read-whole.ts';

/** What of Docker's config.json says who logs in where; the rest is the docker command's. */
const configSchema = v.object({
  auths: v.nullish(
    v.record(
      v.string(),
      v.nullish(v.object({ auth: v.nullish(v.string()), identitytoken: v.nullish(v.string()) })),
    ),
  ),
  credsStore: v.nullish(v.string()),
  credHelpers: v.nullish(v.record(v.string(), v.string())),
});
type DockerConfig = v.InferOutput<typeof configSchema>;

/** Milliseconds that a helper may take: one of a cloud asks a server. */
const longest = 30_000;

/**
 * The login that `docker login` stored for a registry, as docker finds it: from the helper that
 * config.json names for the registry, else from the store for all, else from the file itself.
 * Undefined where there is none: the registry is asked without. Throws 'configuration' for a file
 * that is no configuration, 'credentials' for a helper that fails.
 */
export async function storedLogin(
  env: NodeJS.ProcessEnv,
  host: string,
): Promise<Docker.AuthConfig | undefined> {
  const path = join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'config.json');
  const config = readConfig(path);
  if (config === undefined) return undefined;
  const helper = ownValue(config.credHelpers, host) ?? config.credsStore;
  if (helper) {
    const found = await askHelper(helper, host, { env, path });
    if (found !== undefined) return found;
  }
  const entry = keysOf(host).flatMap((key) => ownValue(config.auths, key) ?? [])[0];
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken, serveraddress: host };
  if (!entry?.auth) return undefined;
  const [username = '', ...rest] = Buffer.from(entry.auth, 'base64').toString().split(':');
  return { username, password: rest.join(':').replace(/\0+$/, ''), serveraddress: host };
}

/** A registry's name as `docker login` may have written it: older ones wrote an address. */
function keysOf(host: string): string[] {
  if (host.includes('://')) return [host];
  return [
    host,
    `https://${host}`,
    `https://${host}/`,
    `https://${host}/v1/`,
    `https://${host}/v2/`,
  ];
}

function ownValue<Value>(record: Readonly<Record<string, Value>> | null | undefined, key: string) {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function readConfig(path: string): DockerConfig | undefined {
  const text = readWholeIfAble(path)?.toString('utf8');
  if (text === undefined) return undefined; // no configuration, or none for us: anonymous
  try {
    return v.parse(configSchema, JSON.parse(text));
  } catch (error) {
    const reason = error instanceof v.ValiError ? v.getDotPath(error.issues[0]) : undefined;
    throw new ExpectedFailure(
      {
        kind: 'configuration',
        cause: `Docker's configuration cannot be read: ${reason ? `${reason} is not as expected` : 'it is no JSON'}`,
        hint: 'Mend the file, or remove it and log in anew with docker login.',
        place: { file: path },
      },
      { cause: error },
    );
  }
}

const answerSchema = v.object({ Username: v.string(), Secret: v.string() });

/**
 * Asks `docker-credential-NAME get`, whose protocol is a registry on standard input and JSON on
 * standard output; the user `<token>` means that the secret is an identity token
 * (github.com/docker/docker-credential-helpers).
 */
async function askHelper(
  helper: string,
  host: string,
  { env, path }: { readonly env: NodeJS.ProcessEnv; readonly path: string },
): Promise<Docker.AuthConfig | undefined> {
  const program = `docker-credential-${helper}`;
  const failed = (why: string) =>
    new ExpectedFailure({
      kind: 'credentials',
      cause: `${program} gave no login for ${host}: ${why}`,
      hint: `Try it: echo ${host} | ${program} get. Docker's configuration names it; without that line docker login stores logins in the file.`,
      place: { file: path },
    });
  if (!/^[\w.-]+$/.test(helper)) throw failed('its name is none of a program');
  const { code, stdout, stderr } = await answerOf(program, host, env);
  if (code === 'ENOENT') throw failed('there is no such program on PATH');
  // The word of every helper for a registry that nobody has logged in to.
  if (code !== 0 && /credentials not found|no credentials/i.test(`${stdout}${stderr}`))
    return undefined;
  if (code !== 0)
    throw failed((stderr || stdout).trim().split('\n').at(-1) || `it ended with ${code}`);
  try {
    const { Username: username, Secret: secret } = v.parse(answerSchema, JSON.parse(stdout));
    if (username === '' && secret === '') return undefined;
    if (username === '<token>') return { identitytoken: secret, serveraddress: host };
    return { username, password: secret, serveraddress: host };
  } catch {
    throw failed('its answer is not as the protocol has it');
  }
}

interface HelperAnswer {
  readonly code: string | number;
  readonly stdout: string;
  readonly stderr: string;
}

function answerOf(program: string, input: string, env: NodeJS.ProcessEnv): Promise<HelperAnswer> {
  return new Promise((resolve) => {
    const child = execFile(program, ['get'], { env, timeout: longest }, (error, stdout, stderr) => {
      const killed = error?.killed ? `no answer within ${longest / 1000} s` : undefined;
      resolve({ code: error ? (error.code ?? killed ?? 1) : 0, stdout, stderr: killed ?? stderr });
    });
    // A helper that is not there, or does not read, closes its end.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
