import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auth } from '../../../../src/templates/auth.ts';
import { describeHostility } from '../../hostile/index.ts';
import { describeProjects } from '../../projects.ts';
import { describeRefusals } from '../../refusals.ts';
import { describeShutdown } from '../../shutdown.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { askEcho } from '../../support/echo.ts';
import { type Deployment, deployOnce, type Project } from '../../support/project.ts';
import { readStats } from '../../support/stats.ts';
import { describeTraffic } from './traffic.ts';

const alice = { authorization: 'Bearer alice' };

await describeProjects(auth, describeTemplate);

function describeTemplate(project: () => Project): void {
  describe('as generated', () => describeGenerated(project, deployOnce(project)));
  describeTraffic(project);
  describeCheck(project);
  it('explains that the cluster does not exist', async () => {
    const change = configureFirst('{"auth_cluster": "nowhere"}');
    await project().withBootstrap(change, () =>
      project().deploy(async ({ url, output }) => {
        expect(await fetch(url)).toMatchObject({ status: 503 });
        await expect.poll(output).toContain('\nhint: Envoy has no cluster `nowhere`.');
      }),
    );
  });
  describeShutdown(project, async ({ url }) => {
    await askEcho(url, alice);
    await fetch(url);
  });

  describeHostility(project, {
    headers: { ...alice, 'x-auth-user': 'mallory' },
    check: ({ 'x-auth-user': user }) => expect(user).toBe('alice'),
  });
}

function describeGenerated(project: () => Project, deployment: () => Deployment): void {
  it('lets a request through with the user that the service names', async () => {
    const forged = { 'x-auth-user': 'mallory', x_auth_user: 'mallory' };
    const headers = await askEcho(deployment().url, { ...alice, ...forged });
    expect(headers).toMatchObject({ ...alice, 'x-auth-user': 'alice' });
    expect(headers).not.toHaveProperty('x_auth_user');
  });

  it.each([
    ['no token', {}, 401, 'Bearer', 'a token is required\n'],
    ['another token', { authorization: 'Bearer mallory' }, 403, null, 'this token is not valid\n'],
  ])('refuses %s', async (_, headers, status, challenge, body) => {
    const response = await fetch(deployment().url, { headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(await response.text()).toBe(body);
  });

  it('prints what to try', () => {
    const { url, output } = deployment();
    const printed = [...output().matchAll(/^Try it: (.*)$/gm)].map(([, command]) => command);
    const { port } = new URL(url);
    expect(printed).toEqual(auth.tries.map(({ command }) => command.replace(':8080', `:${port}`)));
  });

  it('counts what it decides', async () => {
    const prefix = `wasmcustom.wasm_filter.${basename(project().directory)}`;
    const names = ['allowed_total', 'denied_total', 'failed_total'].map((name) => `${prefix}.${name}`);
    const read = async () => {
      const counters = await readStats(deployment(), '^wasmcustom');
      expect([...counters.keys()]).toEqual(names);
      return [...counters.values()];
    };
    const [allowed = 0, denied = 0, failed] = await read();
    await askEcho(deployment().url, alice);
    await fetch(deployment().url);
    expect(await read()).toEqual([allowed + 1, denied + 1, failed]);
  });

  it('passes on header values that are not UTF-8', async () => {
    const headers = await askEcho(deployment().url, { ...alice, 'x-raw': '\xff\xfe' });
    expect(headers).toMatchObject({ 'x-raw': '\xff\xfe' });
  });
}

/** Configurations that Envoy rejects at start-up. */
function describeCheck(project: () => Project): void {
  const configure = (fields: Readonly<Record<string, unknown>>) =>
    configureFirst(JSON.stringify({ auth_cluster: 'auth', ...fields }));
  describeRefusals(project, [
    ['no field', configureFirst(''), 'missing field `auth_cluster`'],
    ['no cluster', configureFirst('{"fail_open": false}'), 'missing field `auth_cluster`'],
    ['an unknown field', configure({ fail_opn: true }), 'fail_opn: unknown field `fail_opn`, expected'],
    ['an empty cluster', configure({ auth_cluster: '' }), 'auth_cluster: expected the name of a cluster'],
    [
      'a control character in the cluster',
      configure({ auth_cluster: 'a\nb' }),
      'auth_cluster: control characters are not allowed',
    ],
    [
      'a query in the path',
      configure({ auth_path: '/check?a=b' }),
      'auth_path: expected a path such as /check, or nothing',
    ],
    [
      'a time-out that is too short',
      configure({ auth_timeout_ms: 99 }),
      'auth_timeout_ms: expected an integer from 100 to 86400000',
    ],
    ['a string for a boolean', configure({ fail_open: 'false' }), 'fail_open: invalid type: '],
    ['a string for a list', configure({ ask_headers: 'cookie' }), 'ask_headers: invalid type: '],
    ['a number in a list', configure({ ask_headers: ['cookie', 1] }), 'ask_headers[1]: invalid type: '],
    [
      'a pseudo header',
      configure({ ask_headers: [':path'] }),
      'ask_headers: `:path` is not the name of a header',
    ],
    [
      'a header that describes one message',
      configure({ take_headers: ['Content-Length'] }),
      'take_headers: `content-length` cannot be copied to another message',
    ],
    [
      'a header twice',
      configure({ tell_headers: ['location', 'Location'] }),
      'tell_headers: `location` is listed twice',
    ],
    ['invalid JSON', configureFirst('auth'), ''],
  ]);
}
