import { formFinder } from './form-finder.ts';
import { secretForms } from './forms.ts';
import { addressSecrets, pathTokens } from './in-address.ts';
import { partsOf } from './parts.ts';
import { pieceFinder, type Range } from './pieces.ts';
import { isSecretByName, isWorthHiding, shortestSecret } from './worth-hiding.ts';

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
    const isDeclared = names.has(name);
    const publicText = declared?.publicText ?? '';
    const parts = isDeclared
      ? [...pathTokens(value), ...partsOf(value, publicText)]
      : addressSecrets(value);
    const isWhole = isSecretByName(name) || (isDeclared && isWorthHiding(name, value, publicText));
    return isWhole ? [value, ...parts] : parts;
  });
  return [...new Set(found)].filter((value) => value.length >= shortestSecret);
}

/** Who asks, in an address. It ends at a quote: in JSON the next text may have an `@` too. */
const inAddress = /\/\/[^/@?#\s"'\\<>]+@/g;

/** What is secret, as it may stand in a text. */
export interface SecretTexts {
  /** A text with `***` for every form and longer piece of a secret, and for credentials in addresses. */
  hide(text: string): string;
  /** Whether a text has a form or a longer piece of a secret. */
  isIn(text: string): boolean;
  /** The last place up to `at` where a text can be cut without leaving a part of a secret behind. */
  cutBefore(text: string, at: number): number;
}

/**
 * Finds what is secret in an environment in texts, in all its forms, and credentials in addresses: what a
 * stage, a server or a program says might hold one. `more` are secrets that stand elsewhere.
 */
export function secretTexts(
  env: NodeJS.ProcessEnv,
  declared?: Declared,
  more: readonly string[] = [],
): SecretTexts {
  const users = Object.entries(env).flatMap(([name, value]) =>
    value && /USER/i.test(name) ? [value] : [],
  );
  const elsewhere = more.filter(({ length }) => length >= shortestSecret);
  const forms = [...secretsOf(env, declared), ...elsewhere]
    .flatMap((secret) => secretForms(secret, users))
    .sort((one, other) => other.length - one.length);
  const unique = [...new Set(forms)];
  const whole = formFinder(unique);
  const piecesIn = pieceFinder(unique);
  return {
    hide(text) {
      const withoutForms = whole.replaced(text);
      const hidden = piecesIn(withoutForms).reduceRight(
        (shown, [from, to]) => `${shown.slice(0, from)}***${shown.slice(to)}`,
        withoutForms,
      );
      return hidden.includes('//') ? hidden.replace(inAddress, '//***@') : hidden;
    },
    isIn: (text) => whole.rangesIn(text).length > 0 || piecesIn(text).length > 0,
    cutBefore(text, at) {
      const addresses = [...text.matchAll(inAddress)].map(
        ({ index, 0: { length } }): Range => [index, index + length],
      );
      const found = [...addresses, ...whole.rangesIn(text), ...piecesIn(text)];
      return Math.min(at, ...found.flatMap(([from, to]) => (from < at && at < to ? from : [])));
    },
  };
}

/** `hide` of `secretTexts`. */
export function secretHider(env: NodeJS.ProcessEnv, declared?: Declared): (text: string) => string {
  return secretTexts(env, declared).hide;
}
