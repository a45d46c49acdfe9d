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
const words = /^[a-z]{1,11}(?:[-_.](?:[a-z]{1,11}|v\d{1,3}))*(?::\d{1,3}(?:\.\d{1,3}){0,2})?$/i;

/** Whether a part of a value is a word, or what the project's own files say: it stands elsewhere too. */
export function isOrdinary(part: string, publicText: string): boolean {
  return words.test(part) || standsIn(part, publicText);
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
    // A date, a size, a list of numbers.
    if (/^\d+x\d+$/.test(value) || /^(?:[\d\s.,:/_+-]|\de-?(?=\d))+$/i.test(value)) return false;
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(value)) return false;
  }
  if (value.includes('/') && existsSync(value)) return false;
  return !standsIn(value, publicText);
}

/** Nobody writes it by hand: a token has no words, and no place in it where a path or a list is cut. */
function isRandom(value: string): boolean {
  return /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i.test(value);
}

/** Whether a text has it as a whole: a short one stands by chance in every long hash. */
function standsIn(part: string, text: string): boolean {
  const isWithin = (character = '') => /[a-z\d]/i.test(character);
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    if (!isWithin(text[at - 1]) && !isWithin(text[at + part.length])) return true;
  }
  return false;
}
