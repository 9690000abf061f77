import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { run } from '../../src/cli.ts';
import { readTree } from '../../src/layers.ts';
import { defaults } from '../../src/project.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { parseOutput } from '../support/output.ts';
import { listPairs } from '../support/pairs.ts';
import { createWorld } from '../support/world.ts';

/** Runs the tool in a folder. Returns the exit code and what it prints. */
async function runIn(cwd: string, argv: readonly string[]) {
  const { world, told, complained } = createWorld({ argv, cwd });
  return { exitCode: await run(world), stdout: told(), stderr: complained() };
}

const { language, template } = defaults;
const all = ['--language', language.id, '--template', template.id];

/** What a directory can be before the run, and what then is in the way. */
const states: Readonly<Record<string, (path: string) => void>> = {
  missing: () => {},
  empty: (path) => mkdirSync(path, { recursive: true }),
  'a repository': (path) => mkdirSync(join(path, '.git'), { recursive: true }),
  'a clone': (path) => {
    mkdirSync(join(path, '.vscode'), { recursive: true });
    for (const file of ['README.md', '.gitignore']) writeFileSync(join(path, file), 'mine');
  },
  full: (path) => {
    mkdirSync(join(path, 'src'), { recursive: true });
    for (const file of ['README.md', 'Makefile']) writeFileSync(join(path, file), 'mine');
  },
  'a file': (path) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'mine');
  },
  'a broken link': (path) => {
    mkdirSync(join(path, '..'), { recursive: true });
    symlinkSync(`${path}-target`, path, 'junction');
  },
};

describe('--dry-run', () => {
  it('lists every path with its size, and what to run', async () => {
    const folder = makeFolder();
    const { exitCode, stdout, stderr } = await runIn(folder, ['my-filter', ...all, '--dry-run']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(listAll(folder)).toEqual([]);
    await runIn(folder, ['my-filter', ...all]);
    const sizes = [...readTree(join(folder, 'my-filter'))].map(([path, text]) => [
      path,
      Buffer.byteLength(text),
    ]);
    const total = sizes.reduce((sum, [, size]) => sum + Number(size), 0);
    const [first, , ...lines] = stdout.split('\n');
    expect(first).toBe(
      `Would create my-filter: an Envoy ${template.context.label} in ${language.label}, ${sizes.length} files, ${total} bytes.`,
    );
    const listed = lines.slice(0, sizes.length).map((line) => line.trim().split('  ').toReversed());
    expect(listed).toEqual(sizes.map(([path, size]) => [path, String(size)]).toSorted());
    expect(lines.slice(sizes.length).join('\n')).toBe(
      `\nTo create it:\n  npm create envoy-filter@${version} -- my-filter ${all.join(' ')}\n`,
    );
  });

  it('lists what is there already, and stays untouched', async () => {
    const folder = makeFolder();
    states['a clone']?.(join(folder, 'app'));
    const { exitCode, stdout } = await runIn(folder, ['app', ...all, '--dry-run']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\nLeft untouched: .gitignore, .vscode and README.md.\n');
    expect(stdout).toMatch(/^ +\d+ {2}README\.md\.new$/m);
    expect(stdout).not.toMatch(/ {2}README\.md$/m);
  });

  it('lists what is in the way, and ends as the real run would', async () => {
    const folder = makeFolder();
    states.full?.(join(folder, 'app'));
    const dry = await runIn(folder, ['app', ...all, '--dry-run']);
    const inTheWay = ['Makefile', 'src'].map((name) => `\n  ${join(folder, 'app', name)}`).join('');
    expect(dry.stdout.slice(dry.stdout.lastIndexOf('\n\n'))).toBe(`\n\nIn the way:${inTheWay}\n`);
    const { exitCode, stderr } = await runIn(folder, ['app', ...all]);
    expect({ ...dry, stdout: '' }).toEqual({ exitCode, stderr, stdout: '' });
    expect(exitCode).toBe(1);
  });

  it("shows no control characters of anybody's paths", async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/\u009b2K'), '');
    const { stdout } = await runIn(folder, ['app', ...all, '--dry-run']);
    expect(stdout).toContain(`  ${join(folder, 'app', '\\x9b2K')}\n`);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('rejects what the real run rejects', async () => {
    for (const argv of [['My App', ...all], ['app'], ['app', '--nonsense']]) {
      const dry = await runIn(makeFolder(), ['--dry-run', ...argv]);
      expect(dry).toEqual(await runIn(makeFolder(), argv));
      expect(dry.exitCode).toBe(2);
    }
  });

  it('changes nothing, lists exactly what the real run then writes, and ends as it does', async () => {
    const directory = fc.constantFrom('app', './app', 'a/b/app', 'a b/c-d', 'ü/app', 'My App', 'on', 'log');
    const theirs = makeFolder();
    mkdirSync(join(theirs, 'envoy-filter-name'));
    writeFileSync(join(theirs, 'Makefile'), 'all:\n\techo envoy_filter_name ü\n');
    writeFileSync(join(theirs, 'envoy-filter-name/bytes'), Buffer.of(0xff, 0, 0xfe));
    const template = fc.constantFrom(
      ['--template', theirs],
      ...listPairs().map(([, , { language, template }]) => ['-l', language.id, '-t', template.id]),
    );
    const state = fc.constantFrom(...Object.keys(states));
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(directory, template, state, async (directory, template, state) => {
        const folder = makeFolder();
        states[state]?.(join(folder, directory));
        const before = listAll(folder);
        const argv = [directory, ...template, '--json'];
        const dry = await runIn(folder, [...argv, '--dry-run']);
        const plan = parseOutput(dry.stdout);
        expect(listAll(folder)).toEqual(before);

        const real = await runIn(folder, argv);
        expect({ ...dry, stdout: '' }).toEqual({ ...real, stdout: '' });
        const done = parseOutput(real.stdout);
        expect(plan.error).toEqual(done.error);
        seen.add(plan.kind);
        if (!plan.ok) return;
        expect({ ...plan, kind: 'created' }).toEqual(done);
        const written = listAll(folder).filter((path) => !before.includes(path));
        const files = plan.files.map(({ path }) => join(directory, path));
        expect(written.filter((path) => files.includes(path))).toEqual(files.toSorted());
        const others = written.filter((path) => !files.includes(path));
        expect(others.filter((path) => !written.some((file) => file.startsWith(`${path}/`)))).toEqual([]);
        for (const { path, size } of plan.files) {
          expect(readFileSync(join(folder, directory, path)).length, path).toBe(size);
        }
      }),
      { numRuns: 50 },
    );
    expect([...seen].toSorted()).toEqual(['dry-run', 'failed']);
  });
});
