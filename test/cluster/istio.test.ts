import { beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { hello } from '../../src/templates/hello.ts';
import { startIstio } from './control-planes/istio.ts';
import { describeFailures, listFailures } from './failures.ts';
import { describeRefusals } from './refusals.ts';
import { addAddress, makeWritable } from './support/machine.ts';
import { readHello, soon, startWorld } from './support/world.ts';

beforeAll(async () => {
  await addAddress('127.0.0.2');
  // pilot-agent writes there.
  await makeWritable('/var/lib/istio/data');
});
const world = startWorld('127.0.0.2', startIstio);

describe.each(languages.map((language) => [language.label, language] as const))('%s', (_label, language) => {
  const project = world.ship(language, hello);
  const seeHello = (expected: unknown) =>
    soon(async () => expect(await readHello(world.mesh().url)).toEqual(expected));

  it.each(['istio', 'istio-wasmplugin'])('is deployed, changed and removed: %s.yaml', async (name) => {
    const manifest = `deploy/${name}.yaml`;
    const file = `ISTIO_MANIFEST=${manifest}`;
    const deployed = await project().make('deploy-istio', file);
    expect(deployed).toMatchObject({ status: 0, stderr: '' });
    expect(deployed.stdout).toContain("to the context 'test', namespace 'default'.");
    await seeHello(expect.stringMatching(/^Hello world from /));
    await project().with(manifest, 'Hello world', 'Servus', async () => {
      expect(await project().make('deploy-istio', file)).toMatchObject({ status: 0 });
      await seeHello(expect.stringMatching(/^Servus from /));
    });
    expect(await project().make('undeploy-istio', file)).toMatchObject({ status: 0 });
    await seeHello(undefined);
  });

  describeFailures(world, project, 'TrafficExtension', listFailures(500, 403));

  describeRefusals(world, project, {
    target: 'deploy-istio',
    manifest: 'deploy/istio.yaml',
    kind: 'trafficextensions',
    field: 'failStrategy',
  });

  it('is refused if no pod has the labels of its selector', async () => {
    const targets =
      '  targetRefs:\n  - group: gateway.networking.k8s.io\n    kind: Gateway\n    name: my-gateway\n';
    const selector = '  selector:\n    matchLabels: { app: other }\n';
    await project().with('deploy/istio.yaml', targets, selector, async () => {
      const { status, stderr } = await project().make('deploy-istio');
      expect(stderr).toContain("no pod in the namespace 'default' has the labels app=other");
      expect(status).toBe(2);
    });
  });
});
