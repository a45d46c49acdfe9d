import type { User, World } from './world.ts';

export type Caller =
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'wrong' };

/**
 * Who an Authorization header is from. DagsHub takes user and token, or the token in both places
 * (as its own client sends it), or a bearer token.
 */
export function callerOf(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: 'anonymous' };
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return found(world.users.find(({ token }) => token === value));
    case 'basic': {
      const text = Buffer.from(value, 'base64').toString();
      const name = text.slice(0, text.indexOf(':'));
      const password = text.slice(text.indexOf(':') + 1);
      return found(
        world.users.find(
          (user) => user.token === password && (user.name === name || user.token === name),
        ),
      );
    }
    default:
      return { kind: 'wrong' };
  }
}

function found(user: User | undefined): Caller {
  return user === undefined ? { kind: 'wrong' } : { kind: 'user', user };
}
