import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Project, replaceMatch } from './support/project.ts';

/** The first field of a manifest that must not differ; it begins a line, and is no list or object. */
const field = /^( +"(\w+)": )([^#\n[{]*?)(,?)$/m;

/** Tests that `make lint` finds manifests whose plugin configuration differs, and that `make check` reads them. */
export function describeComparison(project: () => Project): void {
  describe('with a manifest that configures the plugin differently', () => {
    it('fails `make lint`, which names each manifest that lacks a field', async () => {
      const files = await readdir(join(project().directory, 'deploy'));
      const manifests = files.filter((file) => file.endsWith('.yaml'));
      const addNested = replaceMatch(
        /value: \|\n( +)\{\n/,
        '$&$1  "rules": {"deny": ["a", {"b c": "x: {"}]},\n',
      );
      await project().withBootstrap(addNested, async () => {
        const { status, stderr } = await project().make(['lint']);
        for (const file of manifests) {
          const where = `deploy/${file}: \`rules.deny.2.b c\``;
          expect(stderr).toContain(`error: ${where} is missing, in envoy-bootstrap.yml "x: {"\n`);
        }
        expect(status).toBe(2);
      });
    });

    it('fails `make lint`, which names the line that differs', async () => {
      const original = await project().read('deploy/istio.yaml');
      const [line, , name, value] = original.match(field) ?? expect.unreachable();
      const differ = replaceMatch(field, '$1"Bye"$4');
      await project().withFile('deploy/istio.yaml', differ, async () => {
        const number = original.split('\n').indexOf(line) + 1;
        const { status, stderr } = await project().make(['lint']);
        const where = `deploy/istio.yaml:${number}: \`${name}\``;
        expect(stderr).toContain(`error: ${where} is "Bye", in envoy-bootstrap.yml ${value}\n`);
        expect(stderr).not.toContain('wasmplugin');
        expect(status).toBe(2);
      });
    });

    it('passes `make lint` if the line is marked as different', async () => {
      const differ = replaceMatch(field, '$1["Bye", {}]$4 # DIFFERS');
      await project().withFile('deploy/istio.yaml', differ, async () => {
        expect(await project().make(['configurations'])).toMatchObject({ status: 0 });
      });
    });
  });

  describe('with the configuration of a manifest', () => {
    it('passes `make check`, which names the line of a wrong field', async () => {
      const files = await readdir(join(project().directory, 'deploy'));
      for (const file of files.filter((name) => name.endsWith('.yaml'))) {
        const path = `deploy/${file}`;
        const { status, stdout, stderr } = await project().make(['check', `CONFIG=${path}`]);
        expect(status, stderr).toBe(0);
        expect(stdout).toContain(`Envoy loads and configures build/plugin.wasm with ${path} (`);
      }
      const misspell = replaceMatch(field, '      "misspelt": $3$4');
      await project().withFile('deploy/istio.yaml', misspell, async () => {
        const line = (await project().read('deploy/istio.yaml'))
          .split('\n')
          .findIndex((row) => row.includes('misspelt'));
        const { status, stderr } = await project().make(['check', 'CONFIG=deploy/istio.yaml']);
        expect(stderr).toMatch(
          new RegExp(`^error: deploy/istio\\.yaml:${line + 1}: misspelt: unknown field .*[^0-9]$`, 'm'),
        );
        expect(status).toBe(2);
      });
    });
  });
}
