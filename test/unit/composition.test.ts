import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, type Layer } from '../../src/composition.ts';
import { defaults } from '../../src/project.ts';
import { listTexts } from '../support/generate.ts';

function layer(files: Readonly<Record<string, string>>, name = 'layer'): Layer {
  return { name, files: new Map(Object.entries(files)) };
}

function composeTexts(layers: readonly Layer[], template = defaults) {
  return listTexts(compose(template, layers));
}

describe('compose', () => {
  it('lays the layers over each other, in the order of the paths', () => {
    const tree = composeTexts([
      layer({ 'b/y': '1', Makefile: '2' }),
      layer({ 'b/x': '3', a: '4' }),
      layer({}),
    ]);
    expect([...tree]).toEqual([
      ['Makefile', '2'],
      ['a', '4'],
      ['b/x', '3'],
      ['b/y', '1'],
    ]);
  });

  it.each([
    ['a', 'a'],
    ['a', 'a.ejs'],
    ['_gitignore', '.gitignore'],
  ])('rejects two layers that provide the same file: %s and %s', (first, second) => {
    const layers = [layer({ [first]: '' }, 'one'), layer({ b: '' }, 'two'), layer({ [second]: '' }, 'three')];
    expect(() => compose(defaults, layers)).toThrow(`one/${first}, three/${second}`);
  });

  it.each([
    ['_gitignore', '.gitignore'],
    ['deep/er/_gitignore', 'deep/er/.gitignore'],
    ['not_gitignore', 'not_gitignore'],
    ['_gitignore/x', '_gitignore/x'],
  ])('writes %s as %s', (path, written) => {
    expect([...composeTexts([layer({ [path]: 'target\n' })]).keys()]).toEqual([written]);
  });

  it('fills in only files that end in .ejs, with every local', () => {
    const text = '<%= language.id %> <%= template.id %> <%= language.files.glue %> <%= context.label %>';
    const tree = composeTexts([layer({ 'README.md.ejs': text, 'README.txt': text })]);
    const { language, template } = defaults;
    expect(tree.get('README.md')).toBe(
      `${language.id} ${template.id} ${language.files.glue} ${template.context.label}`,
    );
    expect(tree.get('README.txt')).toBe(text);
  });

  it('inserts parts of any layer, indented, and writes none of them', () => {
    const tree = composeTexts([
      layer({ 'a.yaml.ejs': "steps:\n  - <%= part('steps.yaml', 4) %>\nend\n" }),
      layer({
        '_parts/steps.yaml.ejs': "name: <%= template.id %>\n\n<%= part('more') %>\n",
        '_parts/more': 'more\n\n',
      }),
    ]);
    expect([...tree]).toEqual([['a.yaml', `steps:\n  - name: ${defaults.template.id}\n\n    more\nend\n`]]);
  });

  it('refuses a part that no layer provides, and one that two provide', () => {
    const file = layer({ 'a.ejs': "<%= part('b') %>" });
    expect(() => compose(defaults, [file])).toThrow('no layer has the part b');
    const two = [layer({ '_parts/b': '' }, 'one'), layer({ '_parts/b.ejs': '' }, 'two')];
    expect(() => compose(defaults, [file, ...two])).toThrow('one/_parts/b, two/_parts/b.ejs');
  });

  it('leaves quotes, angle brackets and line ends as they are', () => {
    const quoting = { ...defaults, language: { ...defaults.language, id: `"<&'>"` } };
    const rest = `\r\n\n"$&" \${{ x }}\n`;
    const tree = composeTexts([layer({ 'a.ejs': `<%= language.id %>${rest}` })], quoting);
    expect(tree.get('a')).toBe(`"<&'>"${rest}`);
  });

  it.each([
    ['<%= language.missing %>', 'undefined is not a string'],
    ['<%= language.files %>', '[object Object] is not a string'],
    ['<%= missing %>', 'missing is not defined'],
  ])('refuses the value %s', (text, reason) => {
    expect(() => compose(defaults, [layer({ 'a.ejs': text })])).toThrow(reason);
  });

  it.each(['<%- language.id %>', '<% if (true) { %>x<% } %>', '<%# note %>', '<%_ _%>', '<%% x %>'])(
    'refuses the tag %s',
    (text) => {
      expect(() => compose(defaults, [layer({ 'a.ejs': text })])).toThrow(
        'a.ejs: <%= is the only EJS tag allowed',
      );
    },
  );

  it('gives the same output for the same input, whatever the order of the layers', () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{1,2})?$/), { maxLength: 12 });
    fc.assert(
      fc.property(paths, fc.nat(), (paths, seed) => {
        const layers = paths.map((path) => layer({ [path]: `text of ${path}` }));
        const turned = [
          ...layers.slice(seed % (layers.length + 1)),
          ...layers.slice(0, seed % (layers.length + 1)),
        ];
        expect([...composeTexts(turned)]).toEqual([...composeTexts(layers)]);
      }),
    );
  });
});
