import { addressSecrets } from './in-address.ts';
import { isSecretByName } from './worth-hiding.ts';

/** An address within a text, as in `jdbc:postgresql://user:password@host/x`. */
const address = /[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi;

/** `Password=…;` of a connection string. */
const setting = /\b([A-Za-z][\w ]{0,30}?)\s{0,3}=\s{0,3}([^;,\s&]+)/g;

/**
 * What is secret within a value that says more than one thing: credentials in its addresses, what a
 * connection string calls a password, and what JSON has below a name of secrets.
 */
export function partsOf(value: string): string[] {
  const addresses = value.match(address) ?? [];
  return [
    ...addressSecrets(value),
    ...addresses.flatMap(addressSecrets),
    ...[...value.matchAll(setting)].flatMap(([, name = '', said = '']) =>
      isName(name) ? [said] : [],
    ),
    ...inJson(value),
  ];
}

function inJson(value: string): string[] {
  if (!/^\s*[[{]/.test(value)) return [];
  try {
    return [...belowNames(JSON.parse(value), '')];
  } catch {
    return [];
  }
}

function* belowNames(data: unknown, name: string): Generator<string> {
  if (typeof data === 'string') {
    if (isName(name)) yield data;
    else yield* addressSecrets(data);
  } else if (typeof data === 'object' && data !== null) {
    for (const [key, each] of Object.entries(data)) {
      yield* belowNames(each, Array.isArray(data) ? name : key);
    }
  }
}

/** `AccountKey`, `client_secret` and `auth` alike. */
function isName(name: string): boolean {
  const words = name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]/g, '_');
  return isSecretByName(words) || /(?:^|_)(?:key|auth|pwd|pw|pin)$/i.test(words);
}
