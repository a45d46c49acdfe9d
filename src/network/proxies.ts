import { BlockList, isIP } from 'node:net';
import { ExpectedFailure } from '../errors.ts';
import { isLoopback } from './address.ts';

/**
 * The proxy that a request to `url` goes through, undefined for none: as curl reads HTTP_PROXY,
 * HTTPS_PROXY, ALL_PROXY and NO_PROXY, of which names in small letters win. This machine itself is
 * never asked through a proxy, which would take it for the proxy's own. Throws 'configuration' for
 * what is no http proxy.
 */
export function proxyFor(url: string, env: NodeJS.ProcessEnv): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  if (isLoopback(url)) return undefined;
  const isDirect = (env.no_proxy ?? env.NO_PROXY ?? '')
    .split(/[,\s]+/)
    .some((entry) => entry !== '' && matches(entry, hostname, port || defaultPorts[protocol]));
  return isDirect ? undefined : (proxyIn(env, name) ?? proxyIn(env, 'ALL_PROXY'));
}

/** The proxy variables of this machine, for programs of ours that run elsewhere on it. */
export function proxyVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
  return Object.fromEntries(
    names
      .flatMap((name) => [name, name.toLowerCase()])
      .flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
}

/** Whether one of the proxies is on this machine, where only the host's own network reaches it. */
export function hasLocalProxy(env: NodeJS.ProcessEnv): boolean {
  return Object.entries(proxyVariables(env)).some(
    ([name, value]) =>
      !/^no_/i.test(name) && isLoopback(value.includes('://') ? value : `http://${value}`),
  );
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function proxyIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name.toLowerCase()] || env[name];
  if (!value) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  if (/^https?:/i.test(address) && URL.canParse(address)) return address;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${name} names no http proxy`,
    hint: 'Write it as http://HOST:PORT. A SOCKS proxy is not supported: name an HTTP one, or unset it.',
  });
}

/** `*`, a domain with all below it, `.domain`, an address, a network (10.0.0.0/8), each with a port or without. */
function matches(entry: string, hostname: string, port: string | undefined): boolean {
  if (entry === '*') return true;
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const [network, bits] = entry.replace(/[[\]]/g, '').split('/');
  if (bits !== undefined) return isInNetwork(host, network ?? '', Number(bits));
  const withPort = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(entry);
  if (withPort && withPort[3] !== port) return false;
  const wanted = (withPort?.[1] ?? withPort?.[2] ?? entry.replace(/[[\]]/g, ''))
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`));
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  const isNetwork = family !== 0 && bits >= 0 && bits <= (family === 4 ? 32 : 128);
  if (!isNetwork || isIP(host) !== family) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
