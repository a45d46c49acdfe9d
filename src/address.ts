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

/** An address as it may be shown: a user and password in it are credentials. */
export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1***@');
}
