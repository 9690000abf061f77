import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scripts } from '../../package.json';
import { allEnvoyVersions } from '../../scripts/envoys.mjs';
import { packageGoals } from '../../scripts/goals.mjs';
import { helpText } from '../../src/help.ts';
import { readTree } from '../../src/layers.ts';
import { readTestedVersion } from '../support/languages.ts';

const root = join(import.meta.dirname, '../..');
const readme = read('README.md');
const contributing = read('CONTRIBUTING.md');
const documents = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  '.github/PULL_REQUEST_TEMPLATE.md',
];

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** GitHub's anchors of a document's headings. */
function listAnchors(document: string): readonly string[] {
  return [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What the first group of the pattern matches in a file. */
function find(path: string, pattern: RegExp): string {
  const found = read(path).match(pattern)?.[1];
  if (found === undefined) throw new Error(`${path} does not match ${pattern}`);
  return found;
}

describe('README.md', () => {
  it('names the versions that the tests run with', () => {
    expect(readTestedVersion('Envoy')).toBe(`${allEnvoyVersions[0]} and ${allEnvoyVersions.at(-1)}`);
    const istio = find('test/mesh/go.mod', /istio\.io\/api v(\d+\.\d+)/);
    expect(readTestedVersion('Istio')).toContain(`${istio}'s source`);
  });

  it('shows the tools that the bench compares', () => {
    const tools = read('scripts/bench/tools.mjs').matchAll(/name: '([^']+)',\s+version: '([^']+)'/g);
    const missing = [...tools].filter(([, name, version]) => !readme.includes(`| ${name} ${version} |`));
    expect(missing.map(([, name]) => name)).toEqual([]);
  });

  it('shows the help text', () => {
    const block = /(?<=\n```text\n).*?(?=\n```\n)/s;
    if (expect.getState().snapshotState.snapshotUpdateState === 'all') {
      writeFileSync(
        join(root, 'README.md'),
        readme.replace(block, () => helpText()),
      );
    }
    expect(read('README.md').match(block)?.[0]).toBe(helpText());
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('has no broken links', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? document : join(dirname(document), path);
      return (
        !existsSync(join(root, target)) || (anchor !== undefined && !listAnchors(target).includes(anchor))
      );
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names only scripts, checks and suites that exist', () => {
    const { stderr } = spawnSync(process.execPath, ['scripts/test.mjs', 'none'], {
      cwd: root,
      encoding: 'utf8',
    });
    const parts = stderr.match(/expected (.*)$/m)?.[1]?.split(', ') ?? [];
    expect(parts).toContain('unit');
    const used = [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
    const named = [...text.matchAll(/npm test -- ((?:\w+ ?)+)/g)].flatMap(([, names = '']) =>
      names.trim().split(' '),
    );
    expect(named.filter((name) => !parts.includes(name))).toEqual([]);
  });
});

// The paths in README.md are those of a generated project.
describe.each(documents.filter((document) => document !== 'README.md'))('%s', (document) => {
  it('names only files that exist', () => {
    const paths = read(document).matchAll(/`((?:src|scripts|test|templates|docs|\.github)\/[^`<\s]+)`/g);
    const missing = [...paths].filter(([, path = '']) => !existsSync(join(root, path)));
    expect(missing.map(([, path]) => path)).toEqual([]);
  });
});

describe('RATIONALE.md', () => {
  it('says how large the package may be', () => {
    expect(read('RATIONALE.md')).toContain(`tarball's limit, ${packageGoals.tarball / 1000} kB,`);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names every Debian package that scripts install, and no other', () => {
    const sources = [...readTree(join(root, 'scripts')).values()].join('\n');
    const installed = [...sources.matchAll(/apt-get install((?: -\S+)*)((?: [a-z0-9-]+)+)/g)];
    const packages = installed.flatMap(([, , names = '']) => names.trim().split(' '));
    const section = contributing.match(/^## What it installs$.*?(?=^## )/ms)?.[0] ?? '';
    const named = [...section.matchAll(/packages? ((?:`[^`]+`(?:, | and )?)+)/g)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(named.toSorted()).toEqual(packages.toSorted());
  });

  it('says how long files may be', () => {
    const [, limit] = contributing.match(/In `src\/` and `scripts\/`, .* files at most (\d+)/) ?? [];
    const tooLong = ['src', 'scripts'].flatMap((folder) =>
      [...readTree(join(root, folder))]
        .filter(([, text]) => text.split('\n').length - 1 > Number(limit ?? 0))
        .map(([path]) => `${folder}/${path}`),
    );
    expect(tooLong).toEqual([]);
  });

  it('says how long functions may be', () => {
    const { maxLines } = JSON.parse(read('biome.json')).linter.rules.complexity.noExcessiveLinesPerFunction
      .options;
    expect(contributing).toContain(`functions have at most ${maxLines} lines`);
  });
});
