import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaults, type FilterProject } from '../../src/project.ts';
import { type Layer, render } from '../../src/render.ts';

const project: FilterProject = {
  ...defaults,
  directory: 'my-filter',
  path: '/somewhere/my-filter',
  name: 'my-filter',
  snakeName: 'my_filter',
  generatorVersion: '1.2.3',
};

function layer(files: Readonly<Record<string, string>>, name = 'layer'): Layer {
  return { name, files: new Map(Object.entries(files)) };
}

function renderOne(path: string, text: string): string | undefined {
  return render(project, [layer({ [path]: text })]).get(path.replace(/\.ejs$/, ''));
}

describe('render', () => {
  it('lays the layers over each other, in the order of the paths', () => {
    const tree = render(project, [
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
    ['src/envoy_filter_name.rs', 'src/my_filter.rs'],
  ])('rejects two layers that provide the same file: %s and %s', (first, second) => {
    const layers = [layer({ [first]: '' }, 'one'), layer({ b: '' }, 'two'), layer({ [second]: '' }, 'three')];
    expect(() => render(project, layers)).toThrow(`one/${first}, three/${second}`);
  });

  it('replaces the placeholders by the name, in texts and paths', () => {
    const text = 'name = "envoy-filter-name" # envoy_filter_name, envoy_filter_name.wasm\n';
    const tree = render(project, [layer({ 'src/envoy_filter_name/envoy-filter-name.txt': text })]);
    expect([...tree]).toEqual([
      ['src/my_filter/my-filter.txt', 'name = "my-filter" # my_filter, my_filter.wasm\n'],
    ]);
  });

  it.each([
    ['_gitignore', '.gitignore'],
    ['deep/er/_gitignore', 'deep/er/.gitignore'],
    ['not_gitignore', 'not_gitignore'],
    ['_gitignore/x', '_gitignore/x'],
  ])('writes %s as %s', (path, written) => {
    expect([...render(project, [layer({ [path]: 'target\n' })]).keys()]).toEqual([written]);
  });

  it('fills in only files that end in .ejs, with every local', () => {
    const text =
      '<%= name %> <%= snakeName %> <%= generatorVersion %> <%= language.id %> <%= language.files.glue %> <%= context.label %>';
    const tree = render(project, [layer({ 'README.md.ejs': text, 'README.txt': text })]);
    const { language, template } = defaults;
    expect(tree.get('README.md')).toBe(
      `my-filter my_filter 1.2.3 ${language.id} ${language.files.glue} ${template.context.label}`,
    );
    expect(tree.get('README.txt')).toBe(text);
  });

  it('inserts parts of any layer, indented, and writes none of them', () => {
    const tree = render(project, [
      layer({ 'a.yaml.ejs': "steps:\n  - <%= part('steps.yaml', 4) %>\nend\n" }),
      layer({
        '_parts/steps.yaml.ejs': "name: <%= name %>\n\n<%= part('more') %>\n",
        '_parts/more': 'envoy_filter_name\n\n',
      }),
    ]);
    expect([...tree]).toEqual([['a.yaml', 'steps:\n  - name: my-filter\n\n    my_filter\nend\n']]);
  });

  it('refuses a part that no layer provides, and one that two provide', () => {
    const file = layer({ 'a.ejs': "<%= part('b') %>" });
    expect(() => render(project, [file])).toThrow('a.ejs: no layer has the part b');
    const two = [layer({ '_parts/b': '' }, 'one'), layer({ '_parts/b.ejs': '' }, 'two')];
    expect(() => render(project, [file, ...two])).toThrow('one/_parts/b, two/_parts/b.ejs');
  });

  it('leaves quotes, angle brackets and line ends as they are', () => {
    const quoting = { ...project, generatorVersion: `"<&'>"` };
    const rest = `\r\n\n"$&" \${{ x }}\n`;
    const tree = render(quoting, [layer({ 'a.ejs': `<%= generatorVersion %>${rest}` })]);
    expect(tree.get('a')).toBe(`"<&'>"${rest}`);
  });

  it.each([
    ['<%= language.missing %>', 'undefined is not a string'],
    ['<%= language.files %>', '[object Object] is not a string'],
    ['<%= missing %>', 'missing is not defined'],
  ])('refuses the value %s', (text, reason) => {
    expect(() => renderOne('a.ejs', text)).toThrow(reason);
  });

  it.each(['<%- name %>', '<% if (true) { %>x<% } %>', '<%# note %>', '<%_ _%>', '<%% name %>'])(
    'refuses the tag %s',
    (text) => {
      expect(() => renderOne('a.ejs', text)).toThrow('a.ejs: <%= is the only EJS tag allowed');
    },
  );

  it('lets the language repair files after the renaming', () => {
    const afterRename = (path: string, text: string) => `${path}: ${text}!`;
    const tree = render({ ...project, language: { ...project.language, afterRename } }, [
      layer({ 'envoy_filter_name.txt': 'envoy-filter-name' }),
    ]);
    expect([...tree]).toEqual([['my_filter.txt', 'my_filter.txt: my-filter!']]);
  });

  it('gives the same output for the same input, whatever the order of the layers', () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{1,2})?$/), { maxLength: 12 });
    fc.assert(
      fc.property(paths, fc.nat(), (paths, seed) => {
        const layers = paths.map((path) => layer({ [path]: `envoy-filter-name in ${path}` }));
        const turned = [
          ...layers.slice(seed % (layers.length + 1)),
          ...layers.slice(0, seed % (layers.length + 1)),
        ];
        expect([...render(project, turned)]).toEqual([...render(project, layers)]);
      }),
    );
  });
});
