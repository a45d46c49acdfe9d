import { expect, test } from '@jest/globals';
import { addressSecrets } from '../../src/secrets/in-address.ts';

const token = 'ghp_0123456789ab';

test.each<[string, string[]]>([
  ['  https://eve:s3cret@host/x\n', ['s3cret']],
  ['HTTPS://eve:s3cret@host', ['s3cret']],
  ['git+ssh.2-x://eve:s3cret@host', ['s3cret']],
  ['https://eve:s3\ncret@host', ['s3\ncret']],
  ['see https://eve:s3cret@host', []],
  ['1https://eve:s3cret@host', []],
  ['h_ttps://eve:s3cret@host', []],
  ['eve:s3cret@host', []],
  ['', []],
  // The last @ before a host is the one that counts; a password may hold what nobody encoded.
  ['https://eve:s/cr@t@host/x', ['s/cr@t']],
  ['https://eve:s/cr@t@host/x@1', ['s/cr@t@host/x']],
  ['https://eve:@host', []],
  ['https://host:8080/p/user@example.org', []],
  ['https://host:80/p/user@example.org', []],
  ['https://host/p/eve:s3cret@example.org', []],
  ['https://eve:pa:ss@host', ['pa:ss']],
  [`https://${token}@host`, [token]],
  [`https://${token.slice(1)}@host`, []],
  [`https://${token}:s3cret@host`, ['s3cret', token]],
  [`https://${token}:x-oauth-basic@host`, ['x-oauth-basic', token]],
  ['https://eve:100%@host', ['100%']],
  ['https://eve:a%20b@host', ['a%20b', 'a b']],
  ['https://eve:same@host?token=same', ['same']],
  ['https://host/x?a=1&token=a=b=c#token=no', ['a=b=c']],
  ['https://host/x?token', []],
  ['https://host/x?token=', []],
  ['https://host/x?token=a?b', ['a?b']],
  ['https://host/x#?token=no', ['no']],
])('the credentials in %j are %j', (address, found) => {
  expect(addressSecrets(address)).toStrictEqual(found);
});

test.each<[string, boolean]>([
  ['access_token', true],
  ['TOKEN', true],
  ['tokens', true],
  ['passwd', true],
  ['password', true],
  ['client_secret', true],
  ['sig', true],
  ['signature', true],
  ['X-Amz-Signature', true],
  ['signed', false],
  ['key', true],
  ['api_key', true],
  ['api-key', true],
  ['keyword', false],
  ['api_keys', false],
  ['monkey', false],
  ['X-Amz-Credential', true],
  ['auth', true],
  ['oauth', true],
  ['author', false],
  ['page', false],
])('a query calls a secret %s: %s', (name, isSecret) => {
  expect(addressSecrets(`https://host/x?${name}=value`)).toEqual(isSecret ? ['value'] : []);
});
