/** Names of what an address's query says of who asks. */
const secretParameter = /token|passw|secret|sig(?:nature)?$|(?:^|[_-])key$|credential|auth$/i;

/** Shorter ones in the place of a user are names of persons. */
const shortestToken = 16;

/**
 * The credentials in an address, decoded and as they stand there: a password, a token in the place of a
 * user, and what a query calls a token, key or signature. None in a text that is no address.
 */
export function addressSecrets(text: string): string[] {
  const [, rest] = /^[a-z][a-z\d+.-]*:\/\/(.*)$/is.exec(text.trim()) ?? [];
  if (rest === undefined) return [];
  // To the last @ before a host: a password that nobody encoded may have a / or an @ itself.
  const who =
    /^([^/?#]*)@/.exec(rest)?.[1] ?? /^([^/?#@:]*:(?!\d*\/).*)@[^@/]+/.exec(rest)?.[1] ?? '';
  const colon = who.indexOf(':');
  const [user, password] = colon === -1 ? [who, ''] : [who.slice(0, colon), who.slice(colon + 1)];
  const query = /\?([^#]*)/.exec(rest)?.[1] ?? '';
  const found = [
    // `mlflow:mlflow@` is hidden where it stands in an address; the word stands elsewhere too.
    ...(password.toLowerCase() === user.toLowerCase() ? [] : [password]),
    ...(user.length >= shortestToken ? [user] : []),
    ...query.split('&').flatMap((pair) => {
      const [name = '', ...value] = pair.split('=');
      return secretParameter.test(name) ? [value.join('=')] : [];
    }),
  ].filter((value) => value !== '');
  return [...new Set(found.flatMap((value) => [value, decoded(value)]))];
}

/** What stands for a password in the path of an address, as web hooks have it. */
export function pathTokens(text: string): string[] {
  const path = /^[a-z][a-z\d+.-]*:\/\/[^/?#]+([^?#]*)/is.exec(text.trim())?.[1] ?? '';
  return path.split('/').filter((part) => {
    // Names and hashes of files have small letters alone.
    return (
      part.length >= shortestToken && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(part))
    );
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
