import { existsSync } from 'node:fs';

/** What is shorter is no secret, and would be found in words. */
export const shortestSecret = 6;

/** Variables whose values are nobody else's, by their names. */
const secretName =
  /(?:^|_)(?:TOKEN|PAT)(?:_|$)|[A-Z]TOKEN$|PASSWORD|PASSWD|(?:^|_)PASS$|PASSPHRASE|SECRET|(?:ACCESS|ACCOUNT|STORAGE|API|PRIVATE)_KEY|CONNECTION_STRING|CREDENTIAL|AUTH_CONFIG/i;

/** How a secret is used or where it is, and so none: messages need these values. */
const notItself =
  /_(?:LIMIT|MODE|PATH|FILE|DIR|NAME|URL|URI|HOST|PORT|TTL|COUNT|SIZE|LENGTH|TYPE|EXPIRY|EXPIRES|TIMEOUT|PROVIDER|STORE|HELPER|VERSION|ALGORITHM|REQUIRED|ENABLED)$|^(?:SIBLING_REMOTE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS)$/i;

/** Whether a variable's value is a secret whatever it is. */
export function isSecretByName(name: string): boolean {
  return secretName.test(name) && !notItself.test(name);
}

/** Settings of programs, whose values say how, not who: what is secret of them is so by its name. */
const settings =
  /^(?:DAGSHUB|MLFLOW|SIBLING|DVC|AWS|GIT|GITHUB|RUNNER|ACTIONS|NODE|NPM|DOCKER|COMPOSE|PYTHON|OMP|CUDA|LC|XDG|SSH)_|^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|LANG|LANGUAGE|TZ|TERM|TMPDIR|HOSTNAME|EDITOR|PAGER|CI|(?:HTTPS?|ALL|NO)_PROXY)$|_(?:HOST|PORT|REGION|LEVEL|NAME|MODE|DIR|PATH|FILE|BUCKET)$/i;

/** They name a model or a mode: hidden, they would be hidden in every longer text. */
const words = /^[a-z]{1,11}(?:[-_.][a-z]{1,11})*$/i;

/** Whether a part of a value is a word, or what the project's own files say: it stands elsewhere too. */
export function isOrdinary(part: string, publicText: string): boolean {
  return words.test(part) || publicText.includes(part);
}

/** Names that are given to secrets, and to other things too: the value decides. */
const likely =
  /(?:^|_)(?:API|PRIVATE|ACCESS)?(?:KEY|PIN|PASSCODE|WEBHOOK(?:_URL)?|DSN|AUTH|COOKIE|JWT|SALT|SIGNATURE)$/i;

/**
 * Whether the value of a declared variable is hidden, though its name does not say that it is secret:
 * not a setting, a number, a word or a region, an address without credentials, a file that is there, or
 * what the project's own files say to everybody. A number or an address is hidden as a KEY or a PIN.
 */
export function isWorthHiding(name: string, value: string, publicText: string): boolean {
  if (value.length < shortestSecret) return false;
  if (settings.test(name) && !likely.test(name) && !isRandom(value)) return false;
  if (words.test(value)) return false;
  if (/^[a-z]{2}-[a-z]+-\d$/.test(value)) return false;
  if (!likely.test(name)) {
    if (/^[+-]?[\d._]+(?:e[+-]?\d+)?$/i.test(value)) return false;
    // A date, a list of numbers.
    if (/^[\d\s.,:/_+-]+$/.test(value)) return false;
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(value)) return false;
  }
  if (value.includes('/') && existsSync(value)) return false;
  return !publicText.includes(value);
}

/** Nobody writes it by hand: a token has no words, and no place in it where a path or a list is cut. */
function isRandom(value: string): boolean {
  return /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i.test(value);
}
