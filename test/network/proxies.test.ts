import { describe, expect, test } from '@jest/globals';
import { proxyFor } from '../../src/network/proxies.ts';

const proxy = 'http://proxy.example.org:3128';

describe('proxyFor', () => {
  test.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['https://a.org', {}, undefined],
    ['https://a.org', { HTTPS_PROXY: proxy }, proxy],
    ['https://a.org', { HTTP_PROXY: proxy }, undefined],
    ['http://a.org', { HTTP_PROXY: proxy }, proxy],
    ['http://a.org', { HTTPS_PROXY: proxy }, undefined],
    ['http://a.org', { ALL_PROXY: proxy }, proxy],
    ['https://a.org', { ALL_PROXY: 'http://other', HTTPS_PROXY: proxy }, proxy],
    ['https://a.org', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
    ['https://a.org', { https_proxy: '', HTTPS_PROXY: proxy }, proxy],
    ['https://a.org', { HTTPS_PROXY: 'proxy.example.org:3128' }, proxy],
    ['https://127.0.0.1:5000', { HTTPS_PROXY: proxy }, undefined],
    ['http://localhost:5000', { HTTP_PROXY: proxy }, undefined],
    ['http://localhost:5000', { ALL_PROXY: 'socks5://s' }, undefined],
    ['https://a.org', { ALL_PROXY: 'socks5://s', NO_PROXY: 'a.org' }, undefined],
  ])('%s with %j', (url, env, expected) => {
    expect(proxyFor(url, env)).toBe(expected);
  });

  test.each<[string, string, boolean]>([
    ['a.org', 'https://a.org', true],
    ['a.org', 'https://b.a.org', true],
    ['.a.org', 'https://b.a.org', true],
    ['.a.org', 'https://a.org', true],
    ['*.a.org', 'https://b.a.org', true],
    ['a.org', 'https://ba.org', false],
    ['a.org', 'https://a.org.evil.example', false],
    ['A.ORG.', 'https://a.org', true],
    ['x, a.org', 'https://a.org', true],
    ['x a.org', 'https://a.org', true],
    ['*', 'https://a.org', true],
    ['a.org:8443', 'https://a.org:8443', true],
    ['a.org:8443', 'https://a.org', false],
    ['a.org:443', 'https://a.org', true],
    ['10.0.0.5', 'https://10.0.0.5', true],
    ['0.5', 'https://10.0.0.5', false],
    ['10.0.0.0/8', 'https://10.200.0.5', true],
    ['10.0.0.0/8', 'https://11.0.0.5', false],
    ['10.0.0.0/99', 'https://10.0.0.5', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['[fd12::1]:443', 'https://[fd12::1]', true],
    ['fd12::1', 'https://[fd12::1]', true],
    ['', 'https://a.org', false],
  ])('NO_PROXY=%s, %s goes directly: %s', (except, url, isDirect) => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: except };
    expect(proxyFor(url, env)).toBe(isDirect ? undefined : proxy);
  });

  test.each(['socks5://127.0.0.1:1080', 'ftp://proxy', 'http://', '://'])(
    '%s is refused',
    (address) => {
      expect(() => proxyFor('https://a.org', { HTTPS_PROXY: address })).toThrow(/no http proxy/);
      try {
        proxyFor('https://a.org', { HTTPS_PROXY: `socks5://ada:s3cret@host` });
      } catch (error) {
        expect(JSON.stringify(error)).not.toContain('s3cret');
      }
    },
  );
});
