import { addressSecrets } from './in-address.ts';
import { isOrdinary, isSecretByName } from './worth-hiding.ts';

/** An address within a text, as in `jdbc:postgresql://user:password@host/x`. */
const address = /[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi;

/** `Password=…;` of a connection string. */
const setting = /\b([A-Za-z][\w ]{0,30}?)\s{0,3}=\s{0,3}([^;,\s&]+)/g;

/**
 * What is secret within a value that says more than one thing: credentials in its addresses, what a
 * connection string calls a password, and what JSON has below a name of secrets. What is called a key is
 * none where it is a word, or where the project's own files have it.
 */
export function partsOf(value: string, publicText: string): string[] {
  const addresses = value.match(address) ?? [];
  const settings = [...value.matchAll(setting)].map(([, name = '', said = '']) => [name, said]);
  const named = [...settings, ...inJson(value)].flatMap(([name = '', said = '']) => {
    if (isSecretByName(worded(name))) return [said];
    return mayBeSecret.test(worded(name)) && !isOrdinary(said, publicText) ? [said] : [];
  });
  return [...addressSecrets(value), ...addresses.flatMap(addressSecrets), ...named];
}

/** Texts, each with the name that is nearest above it. */
function inJson(value: string): string[][] {
  if (!/^\s*[[{]/.test(value)) return [];
  try {
    return [...belowNames(JSON.parse(value), '')];
  } catch {
    return [];
  }
}

function* belowNames(data: unknown, name: string): Generator<string[]> {
  if (typeof data === 'string') yield [name, data];
  if (typeof data !== 'object' || data === null) return;
  for (const [key, each] of Object.entries(data)) {
    yield* belowNames(each, Array.isArray(data) ? name : key);
  }
}

const mayBeSecret = /(?:^|_)(?:key|auth|pwd|pw|pin)$/i;

/** `AccountKey` and `client-secret` as variables are called. */
function worded(name: string): string {
  return name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]/g, '_');
}
