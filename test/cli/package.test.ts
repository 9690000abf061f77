import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shell } from '../../scripts/command.mjs';
import { packageGoals } from '../../scripts/goals.mjs';
import { readTree } from '../../src/layers.ts';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

type Packed = Readonly<{
  size: number;
  unpackedSize: number;
  files: readonly Readonly<{ path: string; mode: number }>[];
}>;

/** The files that `npm pack` puts into the tarball. */
function pack(): Packed {
  const options = { cwd: root, encoding: 'utf8', shell } as const;
  return JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], options))[0];
}

describe('the package', () => {
  const { size, unpackedSize, files } = pack();
  const paths = files.map(({ path }) => path);

  it('has the command, the licences, the schema and every template', () => {
    const others = ['package.json', 'LICENSE', 'dist/THIRD-PARTY-LICENSES.txt', 'schemas/output-1.json'];
    expect(paths).toEqual(expect.arrayContaining(['dist/bin.cjs', ...others]));
    const templates = [...readTree(join(root, 'templates')).keys()].map((path) => `templates/${path}`);
    expect(templates.length).toBeGreaterThan(30);
    expect(paths.filter((path) => path.startsWith('templates/')).toSorted()).toEqual(templates.toSorted());
  });

  it('has nothing else: no sources, no tests, no build output of templates', () => {
    const known =
      /^(package\.json|LICENSE|README\.md|dist\/(\w+(-[\w-]{8})?\.cjs|THIRD-PARTY-LICENSES\.txt)|schemas\/output-1\.json|templates\/.+)$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
    expect(paths.filter((path) => /\/(target|node_modules|build|\.envoy)\//.test(path))).toEqual([]);
  });

  it('is small', () => {
    expect(size).toBeLessThanOrEqual(packageGoals.tarball);
    expect(unpackedSize).toBeLessThanOrEqual(packageGoals.unpacked);
  });

  it('installs no other package, and has no install scripts', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
    const lifecycle = /^(pre|post)?(install|prepare|publish|pack|version|test)(Only)?$/;
    expect(Object.keys(manifest.scripts).filter((name) => name !== 'test' && lifecycle.test(name))).toEqual(
      [],
    );
  });

  it('has the licence text of every library in the bundle', () => {
    const licenses = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const named = [...licenses.matchAll(/^(\S+) \d+\.\d+\.\d+ \(([^)]+)\)\n\n\S/gm)];
    expect(named.map(([, name]) => name)).toEqual(
      expect.arrayContaining([
        '@clack/prompts',
        '@clack/core',
        'degit',
        'ejs',
        'fs-extra',
        'leven',
        'sisteransi',
        // Bundled in degit.
        'agent-base',
        'https-proxy-agent',
        'minipass',
        'tar',
      ]),
    );
    const open = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0'];
    expect(named.map(([, , license]) => license).filter((license) => !open.includes(license ?? ''))).toEqual(
      [],
    );
  });
});
