import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/help.ts';
import { templates } from '../../src/templates/index.ts';

const readme = read('README.md');

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
}

/** The first group of the pattern in a file. */
function find(path: string, pattern: RegExp): string {
  const found = read(path).match(pattern)?.[1];
  if (found === undefined) throw new Error(`${path} does not match ${pattern}`);
  return found;
}

describe('README.md', () => {
  it('names the versions that the tests run with', () => {
    const tested = new Map(
      [...readme.matchAll(/^\| ([A-Z]\S*(?: \w+)?) +\| (.*?) +\|$/gm)].map(([, part, versions]) => [
        part,
        versions,
      ]),
    );
    const makefile = 'templates/shared/base/envoy.mk';
    const oldest = find(makefile, /^ENVOY_MINIMUM := (.*)$/m);
    expect(tested.get('Envoy')).toBe(`${oldest}.0 and ${find(makefile, /^ENVOY_VERSION := (.*)$/m)}`);
    expect(tested.get('Rust')).toContain(find('templates/rust/base/Cargo.toml', /^rust-version = "(.*)"$/m));
    const compiler = find('templates/assemblyscript/base/package.json', /"assemblyscript": "(.*)"/);
    expect(tested.get('AssemblyScript')).toBe(compiler);
    const istio = find('test/mesh/go.mod', /istio\.io\/api v(\d+\.\d+)/);
    expect(tested.get('Istio')).toContain(`${istio}'s source`);
  });

  it('shows the help text', () => {
    expect(readme).toContain(`\n\`\`\`text\n${helpText()}\n\`\`\`\n`);
  });

  it('has a row for every template', () => {
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` +\| ([^|]*?) +\|/gm)].map(([, id, context]) => [
      id,
      context,
    ]);
    expect(rows).toEqual(templates.map(({ id, context }) => [id, context.label]));
  });
});
