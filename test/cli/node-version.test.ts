import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { parseOutput } from '../support/output.ts';
import { asModule, runTool } from '../support/tool.ts';

/** A module that makes Node claim another version. */
function pretend(version: string): string {
  return asModule(`Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`);
}

describe('create-envoy-filter', () => {
  it.each(['16.20.2', '18.20.8', '20.12.2', '21.7.3'])(
    'refuses Node %s, and names the one it needs',
    (version) => {
      const outcome = runTool(['--version'], { cwd: makeFolder(), preload: pretend(version) });
      expect(outcome).toMatchObject({
        status: 1,
        stdout: '',
        stderr:
          `error: Node.js 20.13 or newer, except 21, is required; this is ${version}\n` +
          'hint: install a newer version, for example with: nvm install --lts\n',
      });
    },
  );

  it('says so in JSON with --json', () => {
    const { status, stdout } = runTool(['--', 'app', '--json'], {
      cwd: makeFolder(),
      preload: pretend('18.20.8'),
    });
    const error = { kind: 'environment', message: expect.stringContaining('this is 18.20.8') };
    expect(parseOutput(stdout)).toMatchObject({ exitCode: status, error });
  });

  it.each(['20.13.0', '22.0.0', '23.1.0', '100.0.0'])('runs on Node %s', (version) => {
    expect(runTool(['--version'], { cwd: makeFolder(), preload: pretend(version) })).toMatchObject({
      status: 0,
    });
  });

  it('needs the version that package.json names', () => {
    const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(engines).toEqual({ node: '^20.13 || >=22' });
  });
});
