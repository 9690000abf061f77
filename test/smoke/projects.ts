import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../scripts/deployment.mjs';
import { envoyVersions } from '../../scripts/envoys.mjs';
import { languages } from '../../src/languages/index.ts';
import { type Template, templates } from '../../src/templates/index.ts';
import { generate } from '../support/generate.ts';
import { Registry } from '../support/registry.ts';
import { describeComparison } from './comparison.ts';
import { describeImages } from './images.ts';
import { describeKubernetes } from './kubernetes.ts';
import { describeMistakes } from './mistakes.ts';
import { describeProcesses } from './processes.ts';
import { describeRequiredField } from './required-field.ts';
import { importLanguage } from './support/entries.ts';
import { exclusively } from './support/exclusion.ts';
import { Project } from './support/project.ts';
import { follow, readCommands } from './support/readme.ts';

/** Defines tests of what a project does. */
type Describe = (project: () => Project) => void;

/** Tests a template's projects, one in each language. */
export async function describeProjects(template: Template, describeTemplate: Describe): Promise<void> {
  const rows = await Promise.all(
    languages.map(async (language) => [language.label, language, await importLanguage(language)] as const),
  );
  describe.each(rows)(`a generated %s ${template.id}`, (_, language, knowledge) => {
    let created: Project;
    const project = () => created;
    beforeAll(async () => {
      created = await Project.create(language, template);
    });
    afterAll(() => project().remove());

    describeCommands(project);
    if (template === templates[0]) {
      describeProcesses(language, knowledge, project);
      describeImages(project);
    }
    describeKubernetes(generate({ language, template }), project);
    describeComparison(project);
    describeInEnvoys(project, describeTemplate);
    const [first] = templates.filter(({ context }) => context === template.context);
    if (template === first) describeMistakes(language, knowledge, project);
    describeRequiredField(language, knowledge, project);
  });
}

function describeCommands(project: () => Project): void {
  it('can be used as its READMEs say, which changes no generated file', async () => {
    const generated = await project().sources();
    const registry = await Registry.start();
    const readmes = `${await project().read('README.md')}\n${await project().read('deploy/README.md')}`;
    const commands = readCommands(readmes.replaceAll('ghcr.io/you', registry.host));
    // They use the ports that the bootstrap names.
    await exclusively('ports', () => follow(commands, project().directory)).finally(() => registry.stop());
    expect(await project().sources()).toEqual(generated);
  });

  it('reports a port that is taken, and says how to choose another', async () => {
    const marked = (await project().read('envoy-bootstrap.yml')).matchAll(/# ([A-Z_]*PORT)$/gm);
    await project().deploy(async ({ ports }) => {
      for (const name of new Set([...marked].map(([, name = '']) => name))) {
        const others = Object.keys(ports).filter((other) => other !== name);
        const free = await Promise.all(others.map(async (other) => `${other}=${await findFreePort()}`));
        const { status, stderr } = await project().make(['deploy', ...free, `${name}=${ports[name]}`]);
        expect(stderr).toContain(`error: ${name} ${ports[name]} is already in use`);
        expect(stderr).toContain(`make deploy ${name}=`);
        expect(status).toBe(2);
      }
    });
  });
}

/** Tests what the template does, in every version of Envoy, with the module that is built already. */
function describeInEnvoys(project: () => Project, describeTemplate: Describe): void {
  describe.each(envoyVersions)('in Envoy %s', (version) => {
    const inEnvoy = () => project().inEnvoy(version);
    it('is in that Envoy', () =>
      inEnvoy().deploy(async ({ admin }) => {
        expect(await (await fetch(`${admin}/server_info`)).text()).toContain(`/${version}/`);
      }));
    it('passes its own tests', async () =>
      expect(await inEnvoy().make(['test'])).toMatchObject({ status: 0 }));
    describeTemplate(inEnvoy);
  });
}
