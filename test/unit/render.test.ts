import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaults, type FilterProject } from '../../src/project.ts';
import { type FileTree, render } from '../../src/render.ts';
import { listTexts } from '../support/generate.ts';

const project: FilterProject = {
  ...defaults,
  directory: 'my-filter',
  path: '/somewhere/my-filter',
  name: 'my-filter',
  snakeName: 'my_filter',
  generatorVersion: '1.2.3',
};

const record = '.create-envoy-filter.json';

function asTree(texts: Readonly<Record<string, string>>): FileTree {
  return new Map(Object.entries(texts).map(([path, content]) => [path, { content, isExecutable: false }]));
}

/** The texts of the rendered files without the project's record. */
function renderTexts(texts: Readonly<Record<string, string>>) {
  return [...listTexts(render(project, asTree(texts)))].filter(([path]) => path !== record);
}

describe('render', () => {
  it('replaces the placeholders by the name, in texts and paths', () => {
    const text = 'name = "envoy-filter-name" # envoy_filter_name, envoy_filter_name.wasm\n';
    expect(renderTexts({ 'src/envoy_filter_name/envoy-filter-name.txt': text })).toEqual([
      ['src/my_filter/my-filter.txt', 'name = "my-filter" # my_filter, my_filter.wasm\n'],
    ]);
  });

  it('sorts the files by their new paths', () => {
    const texts = { a: '', 'envoy-filter-name': '', f: '' };
    expect(renderTexts(texts).map(([path]) => path)).toEqual(['a', 'f', 'my-filter']);
  });

  it('runs no EJS and keeps the names of all files', () => {
    const texts = { 'a.ejs': '<%= name %><% throw new Error() %>\n', _gitignore: 'x\n', '_parts/a': 'b\r\n' };
    expect(Object.fromEntries(renderTexts(texts))).toEqual(texts);
  });

  it('leaves bytes as they are, and keeps executable bits', () => {
    const content = new TextEncoder().encode('envoy-filter-name');
    const tree = render(
      project,
      new Map([
        ['bytes', { content, isExecutable: false }],
        ['run.sh', { content: 'echo envoy-filter-name\n', isExecutable: true }],
      ]),
    );
    expect(tree.get('bytes')).toEqual({ content, isExecutable: false });
    expect(tree.get('run.sh')).toEqual({ content: 'echo my-filter\n', isExecutable: true });
  });

  it('puts Cargo.lock in order, whatever the language', () => {
    const block = (name: string) => `[[package]]\nname = "${name}"\nversion = "0.1.0"\n`;
    const head = 'version = 4\n';
    const before = [head, block('envoy-filter-name'), block('log')].join('\n');
    const after = [head, block('log'), block('my-filter')].join('\n');
    expect(renderTexts({ 'Cargo.lock': before })).toEqual([['Cargo.lock', after]]);
  });

  it('records template and answers', () => {
    const { content } = render(project, asTree({ Makefile: '' })).get(record) ?? expect.unreachable();
    expect(content).toBe(`{
  "generator": { "name": "create-envoy-filter", "version": "1.2.3" },
  "answers": { "name": "my-filter", "language": "${defaults.language.id}", "template": "${defaults.template.id}" }
}
`);
  });

  it("records a remote template's source and commit, in place of its own record", () => {
    const { language: _, template: __, ...place } = { ...defaults, ...project };
    const source = 'acme/envoy-filter-name#main';
    const commit = 'c'.repeat(40);
    const pin = { commit, source: `acme/envoy-filter-name#${commit}` };
    const remote = { ...place, source, pin };
    const tree = render(remote, asTree({ [record]: '{"answers":{}}' }));
    expect(JSON.parse(String(tree.get(record)?.content))).toEqual({
      generator: { name: 'create-envoy-filter', version: '1.2.3' },
      answers: { name: 'my-filter', template: source, commit },
    });
  });

  it('gives the same output for the same input, whatever the order of the files', () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{1,2})?$/), { maxLength: 12 });
    fc.assert(
      fc.property(paths, (paths) => {
        const files = paths.map((path) => [path, `envoy-filter-name in ${path}`] as const);
        const [tree, turned] = [files, files.toReversed()].map((files) => asTree(Object.fromEntries(files)));
        if (tree === undefined || turned === undefined) return;
        expect([...render(project, turned)]).toEqual([...render(project, tree)]);
      }),
    );
  });
});
