import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../src/errors.ts';
import { resolveProject } from '../../src/project.ts';
import { checkTemplate } from '../../src/remote/template.ts';
import { readTree } from '../../src/remote/tree.ts';
import type { FileTree } from '../../src/render.ts';
import { makeFolder } from '../support/folder.ts';

function asTree(texts: Readonly<Record<string, string>>): FileTree {
  return new Map(Object.entries(texts).map(([path, content]) => [path, { content, isExecutable: false }]));
}

function check(texts: Readonly<Record<string, string>>, directory = 'my-filter'): void {
  const project = resolveProject({ directory, source: 'acme/template' }, '/somewhere', '1.2.3');
  checkTemplate(project, asTree(texts));
}

describe('checkTemplate', () => {
  it.each([
    { Makefile: 'NAME := envoy-filter-name\n' },
    { Makefile: 'NAME := envoy_filter_name\n' },
    { Makefile: '', 'envoy-filter-name.txt': '' },
  ])('accepts %j', (texts) => {
    expect(() => check(texts)).not.toThrow();
  });

  it.each([
    [{}, 'is empty'],
    [{ 'README.md': 'envoy-filter-name', 'sub/Makefile': '' }, 'has no Makefile'],
    [{ Makefile: 'NAME := my-filter\n' }, 'does not contain the placeholder "envoy-filter-name"'],
  ])('refuses %j', (texts, problem) => {
    expect(() => check(texts)).toThrow(
      expect.objectContaining({
        constructor: TemplateError,
        message: `the template "acme/template" ${problem}`,
        hint:
          'a template needs a Makefile, and "envoy-filter-name" in place of a project\'s name; ' +
          'this creates one: npm create envoy-filter -- envoy-filter-name',
      }),
    );
  });

  it.each([
    [
      'src/envoy_filter_name.rs',
      'src/my_filter.rs',
      'my-filter',
      '"src/my_filter.rs" is not allowed in a template: it occurs twice',
    ],
    ['envoy-filter-name.md', 'My-Filter.md', 'my-filter', 'only in case'],
    [
      'envoy-filter-name',
      'my-filter/file',
      'my-filter',
      '"my-filter" is not allowed in a template: it occurs twice',
    ],
    ['.envoy-filter-name/config', 'x', 'filters/git', 'a folder ".git" would be a repository'],
  ])('refuses a name that %s and %s do not allow', (one, other, name, problem) => {
    const texts = { Makefile: '', [one]: '', [other]: '' };
    expect(() => check(texts, 'other')).not.toThrow();
    expect(() => check(texts, name)).toThrow(
      expect.objectContaining({
        constructor: TemplateError,
        message: expect.stringMatching(/^the template "acme\/template" cannot be used with the name "/),
        hint: 'choose another name',
      }),
    );
    expect(() => check(texts, name)).toThrow(problem);
  });
});

describe('readTree', () => {
  it('reads text as text, and anything else as bytes', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    const files: Readonly<Record<string, string | Buffer>> = {
      '.gitignore': 'target\n',
      'bom.txt': '\uFEFFx\r\n',
      'deep/er/text': 'ünïcode 🎉\n',
      'deep/invalid': Buffer.from([0x61, 0xff, 0x62]),
      'deep/nul': Buffer.from('a\0b'),
      empty: '',
    };
    for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
    const tree = readTree(folder);
    const contents = [...tree].map(([path, { content }]) => [path, content]);
    expect(Object.fromEntries(contents)).toEqual(files);
  });
});
