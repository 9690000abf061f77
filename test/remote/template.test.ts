import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputFileSync } from 'fs-extra/esm';
import { describe, expect, it } from 'vitest';
import { recordPath } from '../../src/record.ts';
import { type Outcome, tryToRun } from '../support/command.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { listPairs, type Pair } from '../support/pairs.ts';
import { bin, cleanEnv } from '../support/tool.ts';
import { type GitServer, publish, withGitServer } from './git-server.ts';
import { Repository } from './repository.ts';

/** Runs the built command on a machine of its own: a home, a cache, a folder for temporary files and one to work in. */
class Machine {
  readonly folder = makeFolder();
  readonly work = join(this.folder, 'work');
  readonly #env: NodeJS.ProcessEnv;

  constructor(server?: GitServer) {
    const [home, temporary, cache] = ['home', 'temporary', 'cache'].map((name) => join(this.folder, name));
    for (const path of [home, temporary, this.work]) mkdirSync(path ?? '');
    this.#env = { ...cleanEnv(), ...server?.env, HOME: home, TMPDIR: temporary, XDG_CACHE_HOME: cache };
  }

  /** Runs the tool. `prefix` is a command that runs it. */
  run(args: readonly string[], prefix: readonly string[] = []): Promise<Outcome> {
    const [program = '', ...rest] = [...prefix, process.execPath, bin, ...args];
    return tryToRun([program, ...rest], { cwd: this.work, env: this.#env });
  }

  /** Creates a project. Throws if it fails, or if it leaves temporary files behind. */
  async create(name: string, args: readonly string[], prefix: readonly string[] = []): Promise<string> {
    const { status, stdout, stderr } = await this.run([name, ...args], prefix);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(listAll(join(this.folder, 'temporary'))).toEqual([]);
    return stdout;
  }

  path(name: string): string {
    return join(this.work, name);
  }
}

/** Cuts the network. */
const offline = ['unshare', '--map-root-user', '--net', '--'];

/** The bytes of each file, and whether it is executable. The record is left out. */
function readAll(folder: string): Readonly<Record<string, string>> {
  const files = listAll(folder).filter(
    (path) => statSync(join(folder, path)).isFile() && path !== recordPath,
  );
  return Object.fromEntries(
    files.map((path) => {
      const { mode } = statSync(join(folder, path));
      return [path, `${mode.toString(8)} ${readFileSync(join(folder, path), 'latin1')}`];
    }),
  );
}

function readRecord(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, recordPath), 'utf8'));
}

/** Creates a template as its author does, with what a build leaves in ignored folders, and commits it. */
async function createTemplate(machine: Machine, { language, template }: Pair): Promise<Repository> {
  const name = 'envoy-filter-name';
  await machine.create(name, ['--language', language.id, '--template', template.id]);
  const ignored = readFileSync(join(machine.path(name), '.gitignore'), 'utf8').matchAll(/^\/(.*)\/$/gm);
  for (const [, folder = ''] of ignored) {
    mkdirSync(join(machine.path(name), folder));
    writeFileSync(join(machine.path(name), folder, 'built'), 'envoy-filter-name');
  }
  const repository = new Repository(machine.path(name));
  repository.git('add', '.');
  repository.git('commit', '--quiet', '--message=template');
  return repository;
}

describe('a project with the name of the placeholder', () => {
  it.each(listPairs())(
    'is a template that gives, byte for byte, the project of another name: %s, %s',
    async (_language, _template, pair) => {
      await withGitServer(async (server) => {
        const machine = new Machine(server);
        const repository = await createTemplate(machine, pair);
        const source = publish(server, repository);
        const commit = repository.git('rev-parse', 'HEAD');
        const options = ['--language', pair.language.id, '--template', pair.template.id];
        // Sorted before and after the packages of a lock file, and shorter and longer than the placeholder.
        for (const name of ['a', 'zebra-that-is-longer-than-the-placeholder']) {
          await machine.create(`own/${name}`, options);
          await machine.create(`remote/${name}`, ['--template', source]);
          expect(readAll(machine.path(`remote/${name}`))).toEqual(readAll(machine.path(`own/${name}`)));
          expect(readRecord(machine.path(`remote/${name}`))).toEqual({
            generator: (readRecord(machine.path(`own/${name}`)) as { generator: unknown }).generator,
            answers: { name, template: source, commit },
          });
        }
      });
    },
  );

  it('works without a network, pinned by a commit that is not a tip', async () => {
    await withGitServer(async (server) => {
      const machine = new Machine(server);
      const [[, , pair] = expect.unreachable()] = listPairs();
      const repository = await createTemplate(machine, pair);
      const commit = repository.git('rev-parse', 'HEAD');
      repository.commit({ Makefile: 'NAME := envoy-filter-name\n' });
      const source = `${publish(server, repository)}#${commit}`;
      await machine.create('own/app', ['--language', pair.language.id, '--template', pair.template.id]);
      await machine.create('first/app', ['--template', source]);
      const stdout = await machine.create('second/app', ['--template', source], offline);
      for (const folder of ['first/app', 'second/app']) {
        expect(readAll(machine.path(folder))).toEqual(readAll(machine.path('own/app')));
      }
      expect(stdout).toContain(` --template "${source}"\n`);
      const { status, stderr } = await new Machine(server).run(['app', '--template', source], offline);
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('cannot fetch'),
      });
    });
  });
});

describe('a remote template', () => {
  it('is named at the end of the output, with its commit; the printed command repeats the run', async () => {
    await withGitServer(async (server) => {
      const machine = new Machine(server);
      const repository = new Repository();
      const commit = repository.commit({ Makefile: 'NAME := envoy-filter-name\n' });
      const source = publish(server, repository);
      const stdout = await machine.create('app', ['--template', `${source}#main`]);
      expect(stdout).toMatch(
        new RegExp(`\\nThe template is "${source}#main" at commit ${commit}\\.\\n\`make\` runs what .*\\n$`),
      );
      repository.commit({ Makefile: 'NAME := changed-envoy-filter-name\n' });
      repository.git('push', '--quiet', join(server.folder, 'repo.git'), 'main');
      const [, command = ''] = /-- app (--template .*)\n/.exec(stdout) ?? [];
      await machine.create('again/app', command.replaceAll('"', '').split(' '));
      expect(readFileSync(join(machine.path('again/app'), 'Makefile'), 'utf8')).toBe('NAME := app\n');
    });
  });

  it('gives every file as it is but for the name: bytes, executable bits, EJS and names of our own templates', async () => {
    const machine = new Machine();
    const bytes = Buffer.from([...Array(256).keys(), ...Buffer.from('envoy-filter-name')]);
    const repository = new Repository();
    repository.commit({
      Makefile: 'NAME := envoy-filter-name\n',
      'README.md.ejs': '<%= process.exit(3) %> envoy-filter-name\n',
      _gitignore: 'x\n',
      '_parts/envoy_filter_name.md': 'x\r\n',
      'degit.json': '[{ "action": "remove", "files": ["Makefile"] }]\n',
      'envoy-filter-name/run.sh': '#!/bin/sh\necho envoy_filter_name\n',
      'logo.png': bytes,
    });
    await machine.create('my-app', ['--template', repository.url]);
    const usual = statSync(join(repository.folder, 'Makefile')).mode.toString(8);
    const executable = statSync(join(repository.folder, 'envoy-filter-name/run.sh')).mode.toString(8);
    expect(readAll(machine.path('my-app'))).toEqual({
      Makefile: `${usual} NAME := my-app\n`,
      'README.md.ejs': `${usual} <%= process.exit(3) %> my-app\n`,
      _gitignore: `${usual} x\n`,
      '_parts/my_app.md': `${usual} x\r\n`,
      'degit.json': `${usual} [{ "action": "remove", "files": ["Makefile"] }]\n`,
      'my-app/run.sh': `${executable} #!/bin/sh\necho my_app\n`,
      'logo.png': `${usual} ${bytes.toString('latin1')}`,
    });
  });

  it('can be a local folder, which has no commit', async () => {
    const machine = new Machine();
    mkdirSync(machine.path('template'));
    writeFileSync(join(machine.path('template'), 'Makefile'), 'NAME := envoy-filter-name\n');
    const stdout = await machine.create('app', ['--template', './template']);
    expect(stdout).toContain(' --template ./template\n\nThe template is "./template".\n');
    expect(readAll(machine.path('app'))).toMatchObject({
      Makefile: expect.stringContaining('NAME := app\n'),
    });
    expect(readRecord(machine.path('app'))).toMatchObject({
      answers: { name: 'app', template: './template' },
    });
  });

  const placeholder = 'envoy-filter-name';
  it.each([
    [{}, 'the template "./template" is empty'],
    [{ 'make/Makefile': placeholder }, 'the template "./template" has no Makefile'],
    [
      { Makefile: 'all:\n' },
      'the template "./template" does not contain the placeholder "envoy-filter-name"',
    ],
    [{ Makefile: placeholder, 'x-envoy-filter-name': '', 'x-app': '' }, 'cannot be used with the name "app"'],
    [{ Makefile: placeholder, 'com1.txt': '' }, '"com1.txt" is not allowed in a template'],
    [undefined, 'template" is missing'],
  ])('that cannot be used is refused, and nothing is written: %j', async (files, reason) => {
    const machine = new Machine();
    if (files !== undefined) mkdirSync(machine.path('template'));
    for (const [path, text] of Object.entries<string>(files ?? {})) {
      outputFileSync(join(machine.path('template'), path), text);
    }
    const before = listAll(machine.folder);
    const { status, stdout, stderr } = await machine.run(['app', '--template', './template']);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(reason),
    });
    expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
    expect(listAll(machine.folder)).toEqual(before);
  });

  it('with a malformed source is refused before the first prompt', async () => {
    const { status, stderr } = await new Machine().run(['--template', 'acme:x/y']);
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('invalid source'),
    });
  });
});
