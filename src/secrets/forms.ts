/**
 * A secret in every form in which a tool may print it: as it is, each of its lines that is no word, as URLs, JSON, HTML,
 * shells and basic authentication write it, and in the base64 of any longer text.
 */
export function secretForms(secret: string, users: readonly string[] = []): string[] {
  if (secret === '') return [];
  const pairs = users.map((user) => `${user}:${secret}`);
  const lines = secret.split(/\r?\n/).filter(isTelling);
  const forms = [
    ...[secret, ...lines].flatMap((text) => [text, ...written(text)]),
    ...[secret, ...pairs].flatMap(base64),
    ...withinBase64(secret),
  ];
  const found = new Set(forms.map((form) => form.trim()).filter((form) => form.length > 3));
  return [...found].sort((one, other) => other.length - one.length);
}

/** Whether a line of a longer secret is one by itself: a word of it stands elsewhere too. */
function isTelling(line: string): boolean {
  return line.length >= 16 || (line.length >= 6 && /\d/.test(line) && /[a-z]/i.test(line));
}

/** As other notations write a text. */
function written(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const url = encoded(text);
  // As RFC 3986 has it, and Python's quote(), which leaves slashes.
  const urls = [url, url.replace(/[!'()*]/g, percent)].flatMap((each) => [
    each,
    each.replaceAll('%2F', '/'),
  ]);
  return [
    inJson,
    // JSON as Python's json writes it, and of JSON in JSON.
    ...[inJson.replace(/[\u0080-\uffff]/g, unicodeEscape), JSON.stringify(inJson).slice(1, -1)],
    ...urls.flatMap((each) => [each, each.replaceAll('%20', '+')]).flatMap(withSmallHex),
    // An address that is parsed and printed.
    encodeURI(wellFormed(text)),
    // As PHP and some of JavaScript write slashes, and Python's repr() a text with both quotes.
    ...[inJson.replaceAll('/', '\\/'), text.replaceAll('/', '\\/')],
    text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n'),
    ...inHex(text),
    ...[htmlOf(text, '&#39;'), htmlOf(text, '&#x27;'), htmlOf(text, "'")],
    ...[text.replaceAll("'", `'\\''`), text.replace(/[\s"'\\$`&|;<>()*?!#~=%{}[\]]/g, '\\$&')],
    text.replace(/["\\$`]/g, '\\$&'),
  ];
}

function withSmallHex(url: string): string[] {
  return [url, url.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())];
}

/** Bytes as xxd and Python's hex() print them. */
function inHex(text: string): string[] {
  const hex = Buffer.from(text).toString('hex');
  return [hex, hex.toUpperCase()];
}

function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

/** Half of a character, which no address can have. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function htmlOf(text: string, quote: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", quote);
}

function base64(text: string): string[] {
  const padded = Buffer.from(text).toString('base64');
  return [padded, padded.replace(/=+$/, ''), Buffer.from(text).toString('base64url')];
}

/** Three bytes are four characters there: what a text becomes depends on where it begins. */
function withinBase64(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('-'.repeat(before) + secret);
    const first = Math.ceil((before * 4) / 3); // the characters before hold other bytes too
    const last = Math.floor((bytes.length * 4) / 3);
    return [bytes.toString('base64'), bytes.toString('base64url')].map((text) =>
      text.slice(first, last),
    );
  });
}
