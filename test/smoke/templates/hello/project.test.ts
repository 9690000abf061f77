import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { hello } from '../../../../src/templates/hello.ts';
import { withServer } from '../../../support/server.ts';
import { describeHostility } from '../../hostile/index.ts';
import { describeProjects } from '../../projects.ts';
import { describeRefusals } from '../../refusals.ts';
import { describeShutdown } from '../../shutdown.ts';
import { configureFirst, useRealUpstream } from '../../support/bootstrap.ts';
import { askEcho, readHello } from '../../support/echo.ts';
import { type Project, replace } from '../../support/project.ts';

await describeProjects(hello, describeTemplate);

function describeTemplate(project: () => Project): void {
  it('sets x-hello on the request to the upstream', async () => {
    await project().deploy(async ({ url }) => {
      const { headers } = await fetch(`${url}/headers`);
      expect(headers.get('content-type')).toBe('application/json');
      expect(await askEcho(`${url}/headers`)).toMatchObject({
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
        expect(await readHello(url)).toBe(`Grüß Gott from ${new URL(url).host}`);
      }),
    );
  });

  describeRefusals(project, [
    ['an unknown field', configureFirst('{"greting": "Hi"}'), 'greting: unknown field `greting`, expected'],
    ['a wrong type', configureFirst('{"greeting": 3}'), 'greeting: invalid type: '],
    [
      'a control character',
      configureFirst('{"greeting": "a\\nb"}'),
      'greeting: control characters are not allowed',
    ],
    ['invalid JSON', configureFirst('greeting'), ''],
  ]);

  it('passes on header values that are not UTF-8', async () => {
    await project().deploy(async ({ url }) => {
      expect(await askEcho(url, { 'x-raw': '\xff\xfe' })).toMatchObject({
        'x-raw': '\xff\xfe',
        'x-hello': `Hello world from ${new URL(url).host}`,
      });
    });
  });

  it('uses a real upstream if the bootstrap is changed as its comment says', async () => {
    const real = createServer((request, response) => response.end(request.headers['x-hello']));
    await withServer(real, (port) =>
      project().withBootstrap(useRealUpstream(port), () =>
        project().deploy(async ({ url }) => {
          expect(await (await fetch(url)).text()).toBe(`Hello world from ${new URL(url).host}`);
        }),
      ),
    );
  });

  describeShutdown(project, async ({ url }) => {
    await askEcho(url);
  });

  describeHostility(project, {
    sets: ['x-hello'],
    check: ({ 'x-hello': hello = '' }, { host }) => expect(hello).toBe(`Hello world from ${host}`),
  });
}
