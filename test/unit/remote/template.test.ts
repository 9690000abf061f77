import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../../src/errors.ts';
import { checkTemplate } from '../../../src/remote/template.ts';
import type { FileTree } from '../../../src/render.ts';

function asTree(texts: Readonly<Record<string, string>>): FileTree {
  return new Map(Object.entries(texts).map(([path, content]) => [path, { content, isExecutable: false }]));
}

describe('checkTemplate', () => {
  it.each([
    { Makefile: 'NAME := envoy-filter-name\n' },
    { Makefile: 'NAME := envoy_filter_name\n' },
    { Makefile: '', 'envoy-filter-name.txt': '' },
  ])('accepts %j', (texts) => {
    expect(() => checkTemplate('acme/template', asTree(texts))).not.toThrow();
  });

  it.each([
    [{}, 'is empty'],
    [{ 'README.md': 'envoy-filter-name', 'sub/Makefile': '' }, 'has no Makefile'],
    [{ Makefile: 'NAME := my-filter\n' }, 'does not contain the placeholder "envoy-filter-name"'],
  ])('refuses %j', (texts, problem) => {
    expect(() => checkTemplate('acme/template', asTree(texts))).toThrow(
      expect.objectContaining({
        constructor: TemplateError,
        message: `the template "acme/template" ${problem}`,
        hint:
          'a template needs a Makefile, and "envoy-filter-name" in place of a project\'s name; ' +
          'this creates one: npm create envoy-filter -- envoy-filter-name',
      }),
    );
  });
});
