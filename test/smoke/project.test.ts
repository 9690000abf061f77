import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort, startGroup } from '../../scripts/deployment.mjs';
import { envoyVersions } from '../../scripts/envoys.mjs';
import { writeScript } from '../support/command.ts';
import { generate } from '../support/generate.ts';
import { listPairs } from '../support/pairs.ts';
import { Registry } from '../support/registry.ts';
import { describeComparison } from './comparison.ts';
import { describeImages } from './images.ts';
import { describeKubernetes } from './kubernetes.ts';
import { describeMistakes } from './mistakes.ts';
import { describeRequiredField } from './required-field.ts';
import { importLanguage, importTemplate } from './support/entries.ts';
import { Project } from './support/project.ts';
import { follow, readCommands } from './support/readme.ts';
import { Recorder } from './support/recorder.ts';

const rows = await Promise.all(
  listPairs().map(async ([languageLabel, templateId, { language, template }]) => {
    const knowledge = await importLanguage(language);
    const tests = await importTemplate(template);
    return [languageLabel, templateId, { language, template, knowledge, tests }] as const;
  }),
);
describe.each(rows)('a generated %s %s', (_language, _template, entries) => {
  const { language, template, knowledge, tests } = entries;
  let project: Project;
  let scratch: string;

  beforeAll(async () => {
    project = await Project.create(language, template);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  it('can be used as its READMEs say, which changes no generated file', async () => {
    const generated = await project.sources();
    const registry = await Registry.start();
    const readmes = `${await project.read('README.md')}\n${await project.read('deploy/README.md')}`;
    const commands = readCommands(readmes.replaceAll('ghcr.io/you', registry.host));
    await follow(commands, project.directory).finally(() => registry.stop());
    expect(await project.sources()).toEqual(generated);
  });

  it('rejects an Envoy that is too old, and names its version', async () => {
    const ENVOY = await writeScript(
      scratch,
      'echo "envoy  version: 0123abcd/1.36.4/Clean/RELEASE/BoringSSL"',
    );
    const { status, stderr } = await project.make(['check'], { ENVOY });
    expect(stderr).toContain(`error: ${ENVOY} is version 1.36.4; 1.37 or newer is required`);
    expect(status).toBe(2);
    const wayOut = stderr.match(/make check (ENVOY=\S+)/)?.[1] ?? '';
    expect(await project.make(['check', wayOut], { ENVOY })).toMatchObject({ status: 0 });
  });

  it('reports a port that is taken, and says how to choose another', async () => {
    const marked = (await project.read('envoy-bootstrap.yml')).matchAll(/# ([A-Z_]*PORT)$/gm);
    await project.deploy(async ({ ports }) => {
      for (const name of new Set([...marked].map(([, name = '']) => name))) {
        const others = Object.keys(ports).filter((other) => other !== name);
        const free = await Promise.all(others.map(async (other) => `${other}=${await findFreePort()}`));
        const { status, stderr } = await project.make(['deploy', ...free, `${name}=${ports[name]}`]);
        expect(stderr).toContain(`error: ${name} ${ports[name]} is taken`);
        expect(stderr).toContain(`make deploy ${name}=`);
        expect(status).toBe(2);
      }
    });
  });

  it('leaves no Envoy behind when Ctrl-C ends `make deploy`', async () => {
    const recorder = await Recorder.create(scratch);
    await project.deploy(async () => expect(await recorder.started()).toHaveLength(1), recorder.env);
    expect(await recorder.leftOver()).toEqual([]);
  });

  it('leaves no Envoy behind when a test fails', async () => {
    const recorder = await Recorder.create(scratch);
    const { envoyTests } = language.files;
    await project.withFile(
      envoyTests,
      () => knowledge.failingTests,
      async () => expect(await project.make(['test'], recorder.env)).toMatchObject({ status: 2 }),
    );
    expect(await recorder.started()).not.toEqual([]);
    expect(await recorder.leftOver()).toEqual([]);
  });

  it('leaves no Envoy behind when Ctrl-C interrupts its tests', async () => {
    const recorder = await Recorder.create(scratch);
    const tests = startGroup(['make', 'test'], project.surroundings(recorder.env));
    await recorder.first();
    tests.signal('SIGINT');
    expect(await tests.end()).not.toBe(0);
    expect(await recorder.leftOver()).toEqual([]);
  });

  it('leaves no Envoy behind when the process that runs its tests is killed', async () => {
    const recorder = await Recorder.create(scratch);
    const tests = startGroup(['make', 'test'], project.surroundings(recorder.env));
    const { parent } = await recorder.first();
    process.kill(parent, 'SIGKILL');
    expect(await tests.end()).not.toBe(0);
    expect(await recorder.leftOver()).toEqual([]);
  });

  describeImages(() => project);
  describeKubernetes(generate({ language, template }), () => project);
  describeComparison(() => project);
  // With the module that is built already.
  describe.each(envoyVersions)('in Envoy %s', (version) => {
    const inEnvoy = () => project.inEnvoy(version);
    it('is in that Envoy', () =>
      inEnvoy().deploy(async ({ admin }) => {
        expect(await (await fetch(`${admin}/server_info`)).text()).toContain(`/${version}/`);
      }));
    it('passes its own tests', async () =>
      expect(await inEnvoy().make(['test'])).toMatchObject({ status: 0 }));
    tests.describeTemplate(inEnvoy);
  });
  describeMistakes(language, knowledge, () => project);
  describeRequiredField(language, knowledge, () => project);
});
