import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { hello } from '../../src/templates/hello.ts';
import { startEnvoyGateway } from './control-planes/envoy-gateway.ts';
import { describeFailures, listFailures } from './failures.ts';
import { describeRefusals } from './refusals.ts';
import { addAddress, nameHosts } from './support/machine.ts';
import { readHello, soon, startWorld } from './support/world.ts';

// Envoy Gateway takes no endpoint on 127.0.0.0/8.
const upstreams = '10.1.1.1';

beforeAll(async () => {
  await addAddress(upstreams);
  const folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-hosts-'));
  await nameHosts(
    join(folder, 'hosts'),
    'envoy-gateway',
    'envoy-gateway.envoy-gateway-system.svc.cluster.local',
  );
});
const world = startWorld(upstreams, startEnvoyGateway);

describe.each(languages.map((language) => [language.label, language] as const))('%s', (_label, language) => {
  const project = world.ship(language, hello);
  const manifest = 'deploy/envoy-gateway.yaml';
  const seeHello = (expected: unknown) =>
    soon(async () => expect(await readHello(world.mesh().url)).toEqual(expected));

  it('is deployed, changed and removed', async () => {
    const deployed = await project().make('deploy-envoy-gateway');
    expect(deployed).toMatchObject({ status: 0, stderr: '' });
    expect(deployed.stdout).toContain("to the context 'test', namespace 'default'.");
    expect(deployed.stdout).toContain('In effect: ');
    await seeHello(expect.stringMatching(/^Hello world from /));
    await project().with(manifest, 'Hello world', 'Servus', async () => {
      expect(await project().make('deploy-envoy-gateway')).toMatchObject({ status: 0 });
      await seeHello(expect.stringMatching(/^Servus from /));
    });
    expect(await project().make('undeploy-envoy-gateway')).toMatchObject({ status: 0 });
    await seeHello(undefined);
  });

  describeFailures(world, project, 'EnvoyExtensionPolicy', listFailures('unfiltered', 500));

  describeRefusals(world, project, {
    target: 'deploy-envoy-gateway',
    manifest,
    kind: 'envoyextensionpolicies',
    field: 'failOpen',
  });

  it('fails if Envoy Gateway refuses it', async () => {
    const secret = '#   pullSecretRef: { name: my-registry }';
    await project().with(manifest, secret, 'pullSecretRef: { name: none }', async () => {
      const { status, stderr } = await project().make('deploy-envoy-gateway');
      expect(stderr).toContain('error: not in effect: Envoy Gateway refuses it: ');
      expect(status).toBe(2);
    });
    await project().make('undeploy-envoy-gateway');
  });
});
