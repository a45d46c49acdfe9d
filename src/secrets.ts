/** Variables whose values are nobody else's, by their names. */
const secretName =
  /TOKEN|PASSWORD|PASSPHRASE|SECRET|ACCESS_KEY|ACCOUNT_KEY|STORAGE_KEY|API_KEY|CONNECTION_STRING|CREDENTIAL/i;

/** Those that say where secrets are: their values are names and paths, which messages need. */
const placesOfSecrets =
  /^(?:SIBLING_REMOTE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS|.*_CREDENTIALS?_FILE|.*_TOKEN_FILE)$/i;

/** What is shorter is no secret, and would be found in words. */
const shortest = 6;

/**
 * A secret in every form in which a tool may print it: as it is, each of its lines, as URLs and basic
 * authentication write it, and in the base64 of any longer text.
 */
export function secretForms(secret: string, users: readonly string[] = []): string[] {
  if (secret === '') return [];
  const pairs = users.map((user) => `${user}:${secret}`);
  const forms = [
    secret,
    ...secret.split('\n'),
    encodeURIComponent(secret),
    ...[secret, ...pairs].flatMap(base64),
    ...withinBase64(secret),
  ];
  const found = new Set(forms.map((form) => form.trim()).filter((form) => form.length > 3));
  return [...found].sort((one, other) => other.length - one.length);
}

/** The values of an environment's secret variables. */
export function secretsOf(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    secretName.test(name) && !placesOfSecrets.test(name) && value.length >= shortest ? [value] : [],
  );
}

/** Who asks, in an address. It ends at a quote: in JSON the next text may have an `@` too. */
const inAddress = /\/\/[^/@\s"'\\<>]*@/g;

/**
 * Takes what is secret in an environment out of texts, in all its forms, and credentials in
 * addresses: what a stage, a server or a program says might hold one.
 */
export function secretHider(env: NodeJS.ProcessEnv): (text: string) => string {
  const users = Object.entries(env).flatMap(([name, value]) =>
    value && /USER/i.test(name) ? [value] : [],
  );
  const forms = secretsOf(env)
    .flatMap((secret) => secretForms(secret, users))
    .sort((one, other) => other.length - one.length);
  const any = forms.length > 0 ? new RegExp(forms.map(escaped).join('|'), 'g') : undefined;
  return (text) => {
    const hidden = any ? text.replace(any, '***') : text;
    return hidden.includes('//') ? hidden.replace(inAddress, '//***@') : hidden;
  };
}

function base64(text: string): string[] {
  const padded = Buffer.from(text).toString('base64');
  return [padded, padded.replace(/=+$/, '')];
}

/** Three bytes are four characters there: what a text becomes depends on where it begins. */
function withinBase64(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from('-'.repeat(before) + secret);
    const first = Math.ceil((before * 4) / 3); // the characters before hold other bytes too
    const last = Math.floor((bytes.length * 4) / 3);
    return bytes.toString('base64').slice(first, last);
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
