import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { type Project, replace } from './project.ts';

/** Takes a way to a project whose sample is the HTTP filter; defines the tests of what it does. */
export function describeHttpFilter(project: () => Project): void {
  it('sets x-hello on the request that the upstream gets', async () => {
    await project().deploy(async ({ url }) => {
      const response = await fetch(`${url}/headers`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await readHeaders(response)).toMatchObject({
        ':path': '/headers',
        'x-hello': `Hello world from ${new URL(url).host}`,
      });
    });
  });

  it('prints what to curl', async () => {
    await project().deploy(async ({ url, output }) => {
      expect(output()).toContain(`Try it: curl localhost:${new URL(url).port}/headers\n`);
    });
  });

  it('takes the greeting from the plugin configuration', async () => {
    await project().withBootstrap(replace('Hello world', 'Grüß Gott'), () =>
      project().deploy(async ({ url }) => {
        const headers = await readHeaders(await fetch(url));
        // The upstream gives each byte as the character of that number.
        expect(Buffer.from(headers['x-hello'] ?? '', 'latin1').toString()).toBe(
          `Grüß Gott from ${new URL(url).host}`,
        );
      }),
    );
  });

  it.each([
    ['an unknown field', '"greting": "Hi"', 'greting: unknown field `greting`'],
    ['a wrong type', '"greeting": 3', 'greeting: invalid type: '],
    ['a control character', '"greeting": "a\\nb"', 'greeting: control characters are not allowed'],
    ['no JSON', 'greeting', 'configuration: '],
  ])('keeps Envoy from starting, and says why, when the configuration has %s', async (_, fields, why) => {
    await project().withBootstrap(replace('"greeting": "Hello world"', fields), async () => {
      const checked = await project().make(['check']);
      expect(checked).toMatchObject({ status: 2, stderr: expect.stringContaining(why) });
      await expect(project().deploy(async () => {})).rejects.toThrow(why);
    });
  });

  it('passes header values on that are not UTF-8', async () => {
    await project().deploy(async ({ url }) => {
      const response = await fetch(url, { headers: { 'x-raw': '\xff\xfe' } });
      expect(await readHeaders(response)).toMatchObject({
        'x-raw': '\xff\xfe',
        'x-hello': `Hello world from ${new URL(url).host}`,
      });
    });
  });

  it('reaches a real upstream once the lines are swapped that the bootstrap shows', async () => {
    const upstream = createServer((request, response) => response.end(request.headers['x-hello']));
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    try {
      await project().withBootstrap(useRealUpstream('127.0.0.1', port), () =>
        project().deploy(async ({ url }) => {
          expect(await (await fetch(url)).text()).toBe(`Hello world from ${new URL(url).host}`);
        }),
      );
    } finally {
      upstream.close();
    }
  });
}

/** Gives the request headers that the upstream has answered with. */
async function readHeaders(response: Response): Promise<Readonly<Record<string, string>>> {
  return (JSON.parse(await response.text()) as { headers: Record<string, string> }).headers;
}

/** Gives the change that the comment beside the cluster `upstream` describes, with another address than httpbin.org. */
function useRealUpstream(host: string, port: number): (bootstrap: string) => string {
  return (bootstrap) => {
    const [, type, address] = bootstrap.match(/# {3}(type: \S+)\n +# {3}(address: .*)\n/) ?? [];
    if (type === undefined || address === undefined) throw new Error('the bootstrap shows no real upstream');
    const real = address.replace('httpbin.org', host).replace('port_value: 80 ', `port_value: ${port} `);
    return bootstrap.replace(`#   ${type}`, type).replace(/address: \{ envoy_internal_address: .*/, real);
  };
}
