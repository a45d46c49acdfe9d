/** Variables whose values are nobody else's, by their names. */
const secretName = /TOKEN|PASSWORD|SECRET|ACCESS_KEY|API_KEY|CREDENTIAL/i;

/** What is shorter is no secret, and would be found in words. */
const shortest = 6;

/**
 * Takes what is secret in an environment out of texts: the values as they are, as URLs and basic
 * authentication write them, and credentials in addresses. No check prints one; what a server or a
 * program answers might.
 */
export function secretHider(env: NodeJS.ProcessEnv): (text: string) => string {
  const set = Object.entries(env).flatMap(([name, value]) => (value ? [{ name, value }] : []));
  const users = set.filter(({ name }) => /USER/i.test(name)).map(({ value }) => value);
  const secrets = set
    .filter(({ name, value }) => secretName.test(name) && value.length >= shortest)
    .map(({ value }) => value);
  const forms = secrets
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      ...[secret, ...users.map((user) => `${user}:${secret}`)].flatMap(base64),
    ])
    .sort((a, b) => b.length - a.length);
  return (text) =>
    forms
      .reduce((hidden, form) => hidden.replaceAll(form, '***'), text)
      .replace(/\/\/[^/@\s]*@/g, '//***@');
}

function base64(text: string): string[] {
  const padded = Buffer.from(text).toString('base64');
  return [padded, padded.replace(/=+$/, '')];
}
