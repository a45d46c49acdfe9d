/** True for an address that means this machine itself, which no bridge network reaches. */
export function isLoopback(address: string | undefined): boolean {
  const host = hostNameOf(address);
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host ?? '');
}

/**
 * True for an http address beyond this machine and the networks at hand (a name without a dot, as a
 * container has, and the ranges of private networks): who sends a password there shows it to
 * everybody on the way.
 */
export function isClearText(address: string | undefined): boolean {
  const host = hostNameOf(address);
  if (host === undefined || !/^http:/i.test(address ?? '')) return false;
  if (isLoopback(address) || /^\[f[cde]/.test(host)) return false;
  const isName = !/^[\d.]+$/.test(host) && !host.startsWith('[');
  if (isName) return host.includes('.') && !/\.(?:local|internal|localhost)$/.test(host);
  return !/^(?:10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./.test(host);
}

/** Whether two addresses lead to the same server in the same way. */
export function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}

/** In the way that addresses are compared: in lower case, an IPv6 one in brackets. */
export function hostNameOf(address: string | undefined): string | undefined {
  return address && URL.canParse(address) ? new URL(address).hostname : undefined;
}

/** An http address without the credentials in it, and these, decoded; undefined where it has none. */
export function splitCredentials(address: string): {
  readonly address: string;
  readonly username?: string;
  readonly password?: string;
} {
  if (!/^https?:\/\/[^/?#]*@/i.test(address) || !URL.canParse(address)) return { address };
  const { username, password } = new URL(address);
  return {
    address: address.replace(/^(https?:\/\/)[^/?#]*@/i, '$1'),
    ...(username && { username: decoded(username) }),
    ...(password && { password: decoded(password) }),
  };
}

/** What percent-encoding stands for; as it is where it is none: a bare % that nobody encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address as it may be shown: a user and password in it are credentials, and a query may hold some. */
export function withoutCredentials(address: string): string {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(address)) return address;
  return address.replace(/^([^/]*\/\/)[^/?#]*@/, '$1***@').replace(/[?#].*$/s, '?***');
}
