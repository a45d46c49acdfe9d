// The real one brings undici, 400 KB that every action would load at its start; @actions/core needs it
// for OpenID tokens only.
export class HttpClient {
  constructor() {
    throw new Error('OpenID tokens are not asked for here');
  }
}
