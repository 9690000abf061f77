import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listInapplicable } from '../../scripts/systems.mjs';

// The real one loads binaries of this system only.
vi.mock('vitest/config', () => ({
  configDefaults: { exclude: [] },
  defineConfig: (config: object) => config,
}));

const root = join(import.meta.dirname, '../..');
const portable = ['unit', 'cli'];
const tests = [...portable, 'remote']
  .flatMap((suite) => listBelow(`test/${suite}`))
  .filter((path) => path.endsWith('.test.ts') && path !== 'test/unit/systems.test.ts');

const listFiles = (platform: string) => listInapplicable(platform).map(({ file }) => file);

/** The paths below a folder, with slashes. */
function listBelow(folder: string): readonly string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return paths.map((path) => `${folder}/${path.split(sep).join('/')}`);
}

function findIn(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    return lines.filter((line) => pattern.test(line)).map((line) => `${path}: ${line.trim()}`);
  });
}

describe('the tests that cannot apply on a system', () => {
  it('are existing files, and none on Linux', () => {
    expect(listFiles('linux')).toEqual([]);
    expect(listFiles('win32').filter((file) => !tests.includes(file))).toEqual([]);
    expect(listFiles('darwin').filter((file) => !tests.includes(file))).toEqual([]);
  });

  it('are excluded from a run there', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
    onTestFinished(() => {
      Object.defineProperty(process, 'platform', platform);
    });
    for (const name of ['win32', 'darwin', 'linux']) {
      Object.defineProperty(process, 'platform', { ...platform, value: name });
      vi.resetModules();
      const { default: config } = await import('../../vitest.config.ts');
      const projects = JSON.parse(JSON.stringify(config.test?.projects));
      for (const { test } of projects.slice(0, portable.length)) {
        expect(portable).toContain(test.name);
        expect(test.exclude).toEqual(listFiles(name));
      }
    }
  });

  it('are all those that need a shell, a device or signals', () => {
    const pattern =
      /'(sh|awk|bash|make|python3|git|cargo)'|\/dev\/|process\.kill|chmod|mkfifo|getuid|support\/terminal\.ts/;
    const everywhere = tests.filter((path) => !listFiles('win32').includes(path));
    expect(findIn(everywhere, pattern)).toEqual([]);
    const listed = listFiles('win32').filter((path) => !path.startsWith('test/remote/'));
    const special = [...new Set(findIn(listed, pattern).map((line) => line.split(':')[0]))];
    expect(special.toSorted()).toEqual(listed.toSorted());
  });

  // A skipped test counts as failed: it proves nothing.
  it('are not selected anywhere else', () => {
    const all = listBelow('test').filter(
      (path) =>
        path.endsWith('.test.ts') && !path.startsWith('test/golden/') && !path.endsWith('/systems.test.ts'),
    );
    expect(all.length).toBeGreaterThan(tests.length);
    expect(findIn(all, /process\.platform|\.(skip|skipIf|runIf|todo|only)\b/)).toEqual([]);
  });
});
