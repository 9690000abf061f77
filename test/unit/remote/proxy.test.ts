import { describe, expect, it } from 'vitest';
import { findProxy } from '../../../src/remote/proxy.ts';

const proxy = 'http://proxy:3128';

describe('findProxy', () => {
  it.each([
    [{}, undefined],
    [{ https_proxy: '' }, undefined],
    [{ http_proxy: proxy }, undefined],
    [{ https_proxy: proxy, HTTPS_PROXY: 'other' }, proxy],
    [{ HTTPS_PROXY: proxy }, proxy],
    [{ ALL_PROXY: proxy }, proxy],
    [{ https_proxy: proxy, no_proxy: '' }, proxy],
    [{ https_proxy: proxy, no_proxy: 'example.com,hub.com' }, proxy],
    [{ https_proxy: proxy, no_proxy: 'localhost, github.com' }, undefined],
    [{ https_proxy: proxy, NO_PROXY: '.github.com' }, undefined],
    [{ https_proxy: proxy, no_proxy: '*.com' }, undefined],
    [{ https_proxy: proxy, no_proxy: '*' }, undefined],
  ])('reads %j', (env, expected) => {
    expect(findProxy(env, 'github.com')).toBe(expected);
  });
});
