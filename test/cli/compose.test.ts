import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/layers.ts';
import { defaults } from '../../src/project.ts';
import { recordPath } from '../../src/record.ts';
import { makeFolder } from '../support/folder.ts';
import { generate } from '../support/generate.ts';

const root = join(import.meta.dirname, '../..');

/** A copy of the files that the command uses, and the command in it. */
function copyRepository() {
  const copy = join(makeFolder(), 'repository');
  for (const path of ['package.json', 'scripts', 'src', 'templates']) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const project = join(copy, 'composed');
  const { language, template } = defaults;
  const { filter } = language.files;
  return {
    project,
    filter: join(project, filter),
    layer: join(copy, 'templates', language.id, template.id, filter),
    compose: () =>
      spawnSync(process.execPath, ['scripts/compose.mjs', language.id, template.id, project], {
        cwd: copy,
        encoding: 'utf8',
      }),
  };
}

describe('npm run compose', () => {
  it("composes the layers into a project with the placeholder's name", () => {
    const { project, compose } = copyRepository();
    expect(compose()).toMatchObject({ status: 0, stderr: '' });
    const { '.composed.json': _, ...tree } = Object.fromEntries(readTree(project));
    const generated = generate({ directory: 'envoy-filter-name' }).tree;
    const { [recordPath]: __, ...expected } = Object.fromEntries(generated);
    expect(tree).toEqual(expected);
  });

  it('copies changes back into the layers, once', () => {
    const { filter, layer, compose } = copyRepository();
    compose();
    appendFileSync(filter, '// changed\n');
    expect(compose().stdout).toContain('updated ');
    expect(readFileSync(layer, 'utf8')).toBe(readFileSync(filter, 'utf8'));
    expect(compose().stdout).not.toContain('updated ');
  });

  it('keeps what has changed in a layer', () => {
    const { filter, layer, compose } = copyRepository();
    compose();
    appendFileSync(layer, '// changed\n');
    expect(compose().status).toBe(0);
    expect(readFileSync(layer, 'utf8')).toMatch(/changed\n$/);
    appendFileSync(filter, '// changed, too\n');
    expect(compose()).toMatchObject({ status: 1, stderr: expect.stringContaining('has changed, too') });
    expect(readFileSync(layer, 'utf8')).toMatch(/changed\n$/);
  });

  it('says that rendered files must be changed in their layer', () => {
    const { project, compose } = copyRepository();
    compose();
    appendFileSync(join(project, 'README.md'), 'changed');
    expect(compose()).toMatchObject({ status: 1, stderr: expect.stringMatching(/change .*README\.md\.ejs/) });
    expect(existsSync(join(project, '.composed.json'))).toBe(true);
  });
});
