import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CreateNodeOptions,
  type DocumentOptions,
  parse,
  type SchemaOptions,
  stringify,
  type ToStringOptions,
} from 'yaml';
import { templates } from '../../src/templates/index.ts';
import { generate, readText } from '../support/generate.ts';

type Style = DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions;

const make = 'templates/shared/base/make';
const istio = readText(generate({ template: templates[0] }).tree, 'deploy/istio.yaml');

/** What `make check CONFIG=…` takes out of a file: the configuration, what it is, and the line of each field. */
function extract(text: string | Uint8Array, name = 'my-filter') {
  const args = ['-f', `${make}/yaml.awk`, '-f', `${make}/plugin.awk`];
  const env = { ...process.env, LC_ALL: 'C', FILE: 'file', NAME: name };
  const { stdout, stderr, status } = spawnSync('awk', args, { input: text, env, encoding: 'utf8' });
  const [quoted = '', what = '', ...places] = stdout.trimEnd().split('\n');
  const lines = Object.fromEntries(
    places.map((place) => [place.replace(/^\d+ /, ''), Number.parseInt(place, 10)]),
  );
  return { status, stderr, what, lines, configuration: quoted && (parse(`"${quoted}"`) as string) };
}

/** A manifest with this plugin configuration, in a style of YAML. */
function writeManifest(pluginConfig: unknown, style: Style = {}): string {
  const resource = parse(istio);
  resource.spec.wasm.pluginConfig = pluginConfig;
  // Without the dashes, a file that begins with a bracket is JSON.
  return `---\n${stringify(resource, { version: '1.1', ...style })}`;
}

// Texts that YAML has a special meaning for, or that end up in several lines.
const words = [
  'yes',
  'no',
  'on',
  'null',
  '~',
  '',
  ' ',
  '1',
  '-1.5',
  '0x1',
  '010',
  '1_000',
  '1e3',
  '.5',
  '.inf',
  '2001-01-01',
  '-',
  '- x',
  '---',
  '...',
  '?',
  '? x',
  ':',
  'a:',
  'a: b',
  'x:y',
  'a #b',
  '#c',
  '"q"',
  "it's",
  '{x',
  '[y',
  ']',
  '}',
  ',',
  '*a',
  '&b',
  '!t',
  '|',
  '>',
  '%p',
  '@v',
  '`w',
  ' lead',
  'trail ',
  'line\nbreak',
  'two\n\nbreaks',
  '\n',
  'x\n',
  '\n\nx\n',
  '  indented\n more\n',
  'x\n  y\nz',
  'a\n---\nb',
  'tab\tx',
  '\\',
  'a\\nb',
  '\u0007',
  '\u0085',
  '\u2028',
  'é',
  '😀',
  '=',
  'outbound|80||a.b',
  'words that are folded at the width of a line, '.repeat(3),
];
const text = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom(...words), { maxLength: 4 })
    .chain((parts) => fc.constantFrom(parts.join(' '), parts.join('\n'))),
);
// YAML has no -0, and meshes round integers beyond.
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, min: -(2 ** 52), max: 2 ** 52 }))
  .map((value) => value + 0 || 0);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}));
const configuration = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  value,
  { maxKeys: 4 },
);

const styles: readonly Style[] = [
  { defaultStringType: 'PLAIN', lineWidth: 40 },
  { defaultStringType: 'PLAIN', lineWidth: 0, indent: 4, indentSeq: false },
  { defaultStringType: 'QUOTE_SINGLE', lineWidth: 40 },
  { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 40, indentSeq: false },
  { defaultStringType: 'BLOCK_LITERAL', defaultKeyType: 'PLAIN', indent: 3 },
  { defaultStringType: 'BLOCK_FOLDED', defaultKeyType: 'PLAIN', lineWidth: 40 },
  { defaultStringType: 'QUOTE_DOUBLE', collectionStyle: 'flow', lineWidth: 40 },
  { defaultStringType: 'QUOTE_SINGLE', collectionStyle: 'flow' },
];

describe('the configuration in a file', () => {
  it('is passed to the plugin as it is, if it is JSON', () => {
    const json = '\n{"a": 1.0,\r\n\t"b\\u0041": [1e3, "\\"é"], "a": 12345678901234567890 }\n';
    const { configuration, what, lines } = extract(json);
    expect(configuration).toBe(json.replaceAll('\r', ''));
    expect({ what, lines }).toMatchObject({ what: '', lines: { '': 2, 'b\\u0041[1]': 3 } });
  });

  it('reaches the plugin unchanged from a manifest in any style of YAML', () => {
    fc.assert(
      fc.property(configuration, fc.constantFrom(...styles), (config, style) => {
        const manifest = writeManifest(config, style);
        fc.pre(
          JSON.stringify(parse(manifest, { version: '1.1' }).spec.wasm.pluginConfig) ===
            JSON.stringify(config),
        );
        const { configuration: json, stderr } = extract(manifest);
        // A tab is only refused where no quotes protect it.
        if (/ has a tab in a value without quotes$/m.test(stderr)) return;
        expect(stderr).toBe('');
        expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(config));
      }),
      { numRuns: 300 },
    );
  });

  it('may have texts in several lines', () => {
    const manifest = istio.replace(
      /pluginConfig:[\s\S]*/,
      `pluginConfig:
      a: two
        lines # and a comment

      b: 'it
        isn''t

        one'
      c: "\\U0001F600\\U00000041 \\
        \\  joined"
`,
    );
    const { stderr, configuration } = extract(manifest);
    expect(stderr).toBe('');
    expect(JSON.parse(configuration)).toEqual({ a: 'two lines', b: "it isn't\none", c: '😀A   joined' });
  });

  it('is read as Kubernetes reads it', () => {
    const manifest = istio.replace(
      /pluginConfig:[\s\S]*/,
      `pluginConfig:
      a: 1.0 # not 1.0
      b: 1e3
      c: +0.50
      d: .5
      e: 9007199254740991
      f: True
      g: ~
      h:
      i: >-
        folded
        text
      "j": 'it''s'
      ? k
`,
    );
    expect(extract(manifest.replace(/ {6}\? k\n/, ''))).toMatchObject({
      stderr: '',
      configuration:
        '{"a":1,"b":1000,"c":0.50,"d":0.5,"e":9007199254740991,"f":true,"g":null,"h":null,"i":"folded text","j":"it\'s"}',
    });
    expect(extract(manifest).stderr).toContain('expected `name: value`\n');
  });

  it.each(templates.map((template) => [template.id, template] as const))(
    'is found in the manifests of %s, with the line of each field',
    (_, template) => {
      const { tree } = generate({ template });
      const manifests = [...tree].filter(([path]) => /^deploy\/.*\.yaml$/.test(path));
      expect(manifests.length).toBeGreaterThan(1);
      for (const [path, manifest] of manifests) {
        const { stderr, what, lines, configuration } = extract(manifest);
        expect({ path, stderr, what }).toEqual({
          path,
          stderr: '',
          what: expect.stringMatching(/^[A-Z]\w+ my-filter$/),
        });
        const { spec } = parse(manifest);
        const plugin = spec.wasm?.[0] ?? spec.wasm ?? spec;
        expect(JSON.parse(configuration)).toEqual(plugin.pluginConfig ?? plugin.config);
        const rows = manifest.split('\n');
        for (const field of Object.keys(JSON.parse(configuration)))
          expect(rows[(lines[field] ?? 0) - 1]).toContain(`"${field}": `);
      }
    },
  );

  const others = stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [parse(istio), { apiVersion: 'v1', kind: 'Pod' }],
  });
  it.each([
    ['its name', istio.replaceAll('registry.example.com/my-filter', 'x/y')],
    ['its image', istio.replace('name: my-filter', 'name: x')],
    [
      'its image, with a digest and a port',
      istio.replace('name: my-filter', 'name: x').replace(/oci:.*/, 'oci://a:1/my-filter@sha256:0'),
    ],
    ['its name in a list', others],
    ['its name in a list as JSON', JSON.stringify(parse(others))],
    [
      'its name, among several documents',
      `${istio.replaceAll('my-filter', 'x')}...\n---\n# empty\n---\n${istio}`,
    ],
  ])('is that of the plugin with %s', (_, file) => {
    const { stderr, configuration } = extract(file);
    expect(stderr).toBe('');
    expect(JSON.parse(configuration)).toEqual({ greeting: 'Hello world' });
  });

  it('may be missing in a manifest', () => {
    for (const manifest of [
      istio.replace(/pluginConfig:[\s\S]*/, ''),
      istio.replace(/pluginConfig:[\s\S]*/, 'pluginConfig:\n'),
    ])
      expect(extract(manifest)).toMatchObject({
        stderr: '',
        configuration: '',
        what: 'TrafficExtension my-filter, which has no configuration',
      });
  });

  const change = (search: string | RegExp, replacement: string) => istio.replace(search, replacement);
  it.each([
    ['nothing', '', ': is empty'],
    ['only a comment', '# {}\n', ': has no TrafficExtension, WasmPlugin or EnvoyExtensionPolicy'],
    ['invalid JSON', '{\n "greeting": "Hi",\n}', ':3:1: expected a name in double quotes'],
    ['a comment in JSON', '{ # no\n}', ':1:3: expected a name in double quotes'],
    ['a wrong word in JSON', '{"a": [tru]}', ':1:8: unexpected `tru`'],
    ['a wrong number in JSON', '{"a": 01}', ':1:7: unexpected `01`'],
    ['a wrong escape in JSON', '{"a": "\\x41"}', '`\\x` is not valid'],
    ['a line break in a text of JSON', '{"a": "x\ny"}', ':1:8: a text does not end'],
    ['a tab in a text of JSON', '{"a": "\t"}', ':1:8: has a tab in a text'],
    ['a comma too many in JSON', '[1,]', ':1:4: expected a value'],
    ['the wrong bracket in JSON', '{"a": [1}', ':1:9: expected `,` or `]`'],
    ['unfinished JSON', '{"greeting": "Hi"', ':1:18: ends too early'],
    ['two values', '{}\n{}', ':2:1: unexpected `{}`'],
    ['JSON that is nested very deep', '['.repeat(1e4), ':1:61: is nested too deep'],
    ['bytes that are not UTF-8', Uint8Array.from([123, 34, 233, 34, 125]), ':1: is not UTF-8'],
    ['a control character', '{"a": "\u0001"}', ':1: has a control character'],
    ['a byte order mark', '\ufeff{}', ':1: begins with a byte order mark'],
    ['another YAML file', '\nstatic_resources: {}\n', ':2: is neither JSON nor a manifest'],
    ['another manifest', 'apiVersion: v1\nkind: Pod\n', ' or EnvoyExtensionPolicy, but: Pod'],
    [
      'another plugin',
      istio.replaceAll('my-filter', 'x'),
      ': has no plugin `my-filter`, by its name or image, but: x (line ',
    ],
    ['the plugin twice', `${istio}---\n${istio}`, ': has several plugins of this project: my-filter (line '],
    ['an anchor', change('pluginConfig:', 'pluginConfig: &a'), ': anchors and aliases of YAML'],
    ['an alias', change(/pluginConfig:[\s\S]*/, 'pluginConfig: *a'), ': anchors and aliases of YAML'],
    ['an alias as JSON', change('"Hello world"', '*a'), ': anchors and aliases of YAML'],
    ['a tag', change('pluginConfig:', 'pluginConfig: !!map'), ': `!` of YAML is not supported'],
    ['a merge', change(/pluginConfig:[\s\S]*/, 'pluginConfig:\n      <<: x'), ': unexpected `<<`'],
    ['a directive', `%YAML 1.2\n---\n${istio}`, ': YAML directives are not supported'],
    ['a tab', change('    pluginConfig:', '\tpluginConfig:'), ': has a tab where YAML wants spaces'],
    ['a field twice', change('"greeting"', '"greeting": "x", "greeting"'), ': has `greeting` again'],
    ['a field too far', change('    pluginConfig:', '      pluginConfig:'), ': is indented too far'],
    ['a field in a text', change('"Hello world"', 'Hello: world'), ': expected `,` or `}`'],
    [
      'a number that meshes round',
      change('"Hello world"', '9007199254740993'),
      ': `greeting` is from 2^53 on',
    ],
    ['a text that may be a boolean', change('"Hello world"', 'on'), ': `greeting` is a text or a boolean'],
    ['a text that may be a number', change('"Hello world"', '0x1F'), ': `greeting` is a number or a text'],
    [
      'a text that may be an octal number',
      change('"Hello world"', '0644'),
      ': `greeting` is a number or a text',
    ],
  ])('is refused with %s', (_, file, error) => {
    const { stderr, status, what } = extract(file);
    expect(stderr).toMatch(/^error: file: ?.*\n$/);
    expect(stderr).toContain(error);
    expect({ status, what }).toEqual({ status: 1, what: '' });
  });
});
