import { secretForms } from './forms.ts';
import { addressSecrets, pathTokens } from './in-address.ts';
import { isWorthHiding, shortestSecret } from './worth-hiding.ts';

/** Variables whose values are nobody else's, by their names. */
const secretName =
  /(?:^|_)TOKEN(?:_|$)|[A-Z]TOKEN$|PASSWORD|PASSWD|(?:^|_)PASS$|PASSPHRASE|SECRET|ACCESS_KEY|ACCOUNT_KEY|STORAGE_KEY|API_KEY|CONNECTION_STRING|CREDENTIAL/i;

/** Those that say where secrets are: their values are names and paths, which messages need. */
const placesOfSecrets =
  /^(?:SIBLING_REMOTE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS|.*_CREDENTIALS?_FILE|.*_TOKEN_FILE)$/i;

/** Variables that a person or a stage declares, whose values are hidden whatever their names. */
export interface Declared {
  readonly names: readonly string[];
  /** What the project's own files say: a value that stands there is no secret. */
  readonly publicText: string;
}

/**
 * What is secret in an environment: the values of variables that are so by their names, credentials in
 * addresses of all variables, and the values of those that were declared.
 */
export function secretsOf(env: NodeJS.ProcessEnv, declared?: Declared): string[] {
  const names = new Set(declared?.names ?? []);
  const found = Object.entries(env).flatMap(([name, value = '']) => {
    const inAddress = [...addressSecrets(value), ...(names.has(name) ? pathTokens(value) : [])];
    const isWhole =
      (secretName.test(name) && !placesOfSecrets.test(name)) ||
      (names.has(name) && isWorthHiding(name, value, declared?.publicText ?? ''));
    return isWhole ? [value, ...inAddress] : inAddress;
  });
  return [...new Set(found)].filter((value) => value.length >= shortestSecret);
}

/** Who asks, in an address. It ends at a quote: in JSON the next text may have an `@` too. */
const inAddress = /\/\/[^/@\s"'\\<>]+@/g;

/** A pattern for every form of each secret of an environment; undefined without any. */
export function secretPattern(env: NodeJS.ProcessEnv, declared?: Declared): RegExp | undefined {
  const users = Object.entries(env).flatMap(([name, value]) =>
    value && /USER/i.test(name) ? [value] : [],
  );
  const forms = secretsOf(env, declared)
    .flatMap((secret) => secretForms(secret, users))
    .sort((one, other) => other.length - one.length);
  const unique = [...new Set(forms)];
  return unique.length > 0 ? new RegExp(unique.map(escaped).join('|'), 'g') : undefined;
}

/**
 * Takes what is secret in an environment out of texts, in all its forms, and credentials in
 * addresses: what a stage, a server or a program says might hold one.
 */
export function secretHider(env: NodeJS.ProcessEnv, declared?: Declared): (text: string) => string {
  const any = secretPattern(env, declared);
  return (text) => {
    const hidden = any ? text.replace(any, '***') : text;
    return hidden.includes('//') ? hidden.replace(inAddress, '//***@') : hidden;
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
