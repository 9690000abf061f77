import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { body } from '../../../../src/templates/body.ts';
import { describeHostility } from '../../hostile/index.ts';
import { describeProjects } from '../../projects.ts';
import { describeRefusals } from '../../refusals.ts';
import { describeShutdown } from '../../shutdown.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { fuzz } from '../../support/fuzz.ts';
import { type Deployment, deployOnce, type Project } from '../../support/project.ts';
import { readStats } from '../../support/stats.ts';
import { describeBodies } from './bodies.ts';
import { ask, exchange, withHttp2 } from './exchange.ts';
import { type RandomBody, randomBodies } from './random-bodies.ts';

await describeProjects(body, describeTemplate);

function describeTemplate(project: () => Project): void {
  describe('as generated', () => describeGenerated(project, deployOnce(project)));
  describeBodies(project);
  describeHostility(project);
  describeRefusals(project, [
    ['an unknown field', configureFirst('{"redacts": []}'), 'redacts: unknown field `redacts`, expected'],
    ['names that are no list', configureFirst('{"redact": "pin"}'), 'redact: invalid type: '],
    ['a name that is no string', configureFirst('{"redact": ["pin", 1]}'), 'redact[1]: invalid type: '],
    ['no names', configureFirst('{"redact": []}'), 'redact: expected one name or more, none of them empty'],
    [
      'an empty name',
      configureFirst('{"redact": ["pin", ""]}'),
      'redact: expected one name or more, none of them empty',
    ],
    [
      'a replacement that is no string',
      configureFirst('{"replacement": null}'),
      'replacement: invalid type: ',
    ],
    [
      'a replacement that is too long',
      configureFirst(`{"replacement": "${'x'.repeat(101)}"}`),
      'replacement: expected at most 100 bytes',
    ],
    ['a size of 0', configureFirst('{"max_bytes": 0}'), 'max_bytes: expected an integer from 1 to 16777216'],
    [
      'a size above 16 MiB',
      configureFirst('{"max_bytes": 16777217}'),
      'max_bytes: expected an integer from 1 to 16777216',
    ],
    [
      'another word for oversize',
      configureFirst('{"oversize": "drop"}'),
      'oversize: unknown variant `drop`, expected `pass` or `refuse`',
    ],
    ['invalid JSON', configureFirst('redact'), ''],
  ]);
  describeShutdown(project, async (deployment) => {
    await ask(deployment, '/user');
    await ask(deployment, '/large');
  });
  describeFuzz(project);
}

function describeGenerated(project: () => Project, deployment: () => Deployment): void {
  it('redacts the secrets of /user and leaves the rest', async () => {
    const { body } = await ask(deployment(), '/user');
    expect(JSON.parse(body.toString())).toEqual({
      name: 'alice',
      password: '[redacted]',
      sessions: [
        { device: 'phone', token: '[redacted]' },
        { device: 'laptop', token: '[redacted]' },
      ],
    });
  });

  it('refuses /large', async () => {
    const { status, headers, body } = await ask(deployment(), '/large');
    expect(status).toBe(502);
    expect(headers['content-type']).toBe('text/plain');
    expect(body.toString()).toBe('the response is too large to be redacted\n');
  });

  it('counts both, with names that begin with its own', async () => {
    const counters = await readStats(deployment(), '^wasmcustom');
    const prefix = `wasmcustom.wasm_filter.${basename(project().directory)}`;
    expect(Object.fromEntries(counters)).toEqual({
      [`${prefix}.changed_total`]: 1,
      [`${prefix}.invalid_total`]: 0,
      [`${prefix}.oversize_total`]: 1,
      [`${prefix}.skipped_total`]: 0,
    });
  });

  it('prints what to curl', () => {
    const { url, output } = deployment();
    for (const path of ['user', 'large']) {
      expect(output()).toContain(`Try it: curl localhost:${new URL(url).port}/${path}\n`);
    }
  });
}

function describeFuzz(project: () => Project): void {
  it('redacts 10,000 random bodies correctly, without a crash or a leak', async () => {
    await withHttp2(project(), '{}', async (deployment, answers) => {
      const probe = async ({ answer, expected }: RandomBody) => {
        const { status, body, error } = await exchange(deployment, answers, answer);
        expect({ status, error }).toEqual({ status: 200 });
        expect(body.toString('latin1')).toBe(expected.toString('latin1'));
      };
      await fuzz({ deployment, inputs: randomBodies, width: 16, probe });
    });
  });
}
