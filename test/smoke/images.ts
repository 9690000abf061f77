import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../scripts/deployment.mjs';
import { runToEnd } from '../support/command.ts';
import { Registry, withGuardedRegistry } from '../support/registry.ts';
import type { Project } from './support/project.ts';

/** Defines the tests of a project's images, the same for every language and template. */
export function describeImages(project: () => Project): void {
  describe('as an image', () => {
    let registry: Registry;
    const image = () => `${registry.host}/team/filter:1.2.3`;

    beforeAll(async () => {
      registry = await Registry.start();
    });
    afterAll(() => registry.stop());

    it('is reproducible', async () => {
      const { stdout: first } = await make(project(), 'image');
      await make(project(), 'clean');
      const { stdout: second } = await make(project(), 'image');
      expect(first.match(/^\S+ sha256:[0-9a-f]{64}$/m)?.[0]).toBeDefined();
      expect(second.trimEnd().split('\n').at(-1)).toBe(first.trimEnd().split('\n').at(-1));
    });

    it('is listed, pushed and pulled unchanged', async () => {
      const pushed = await make(project(), 'push', `IMAGE=${image()}`);
      const pulled = await make(project(), 'pull', `IMAGE=${image()}`);
      const digest = pushed.stdout.match(/sha256:[0-9a-f]{64}/)?.[0];
      expect(pulled.stdout).toBe(`${image()} ${digest}\n`);
      const { stdout: list } = await make(project(), 'images');
      const line = /^(\S+) +(\S+) +(\d+) +(sha256:\S+) +(1970-01-01T00:00:00Z)$/gm;
      const images = [...list.matchAll(line)].map(([, name, tag, , digest]) => [name, tag, digest]);
      expect(images).toContainEqual([`${registry.host}/team/filter`, '1.2.3', digest]);
      expect(images).toContainEqual([expect.stringMatching(/^smoke-/), '0.1.0', digest]);
    });

    it('can be fetched by Istio, with the digest that `make push` prints', async () => {
      const { stdout } = await make(project(), 'push', `IMAGE=${image()}`);
      const digest = stdout.match(/sha256:([0-9a-f]{64})/)?.[1];
      await run(project(), `mesh fetch ${image()} ${digest} | cmp - build/plugin.wasm`);
    });

    it('is pulled and run in Envoy by `make deploy`, without a build', async () => {
      await make(project(), 'push', `IMAGE=${image()}`);
      await project().deploy(async ({ output }) => expect(output()).toMatch(/^Try it: /m), {}, [
        `IMAGE=${image()}`,
      ]);
      await run(project(), 'cmp build/pulled/plugin.wasm build/plugin.wasm');
    });

    it('can be built from the Dockerfile as the README says, and run by Istio and `make deploy`', async () => {
      const [, options = ''] =
        (await project().read('deploy/README.md')).match(/^docker build (.*) -t \S+ \.$/m) ?? [];
      const built = `${registry.host}/team/built:1`;
      // Buildah makes no attestations and has no option to exclude them.
      const buildah = `build --isolation chroot ${options.replace('--provenance=false', '')} -t ${built} .`;
      await run(project(), `buildah --storage-driver vfs ${buildah}`);
      await run(project(), `buildah --storage-driver vfs push --tls-verify=false ${built}`);
      await run(project(), `mesh fetch ${built} | cmp - build/plugin.wasm`);
      await project().deploy(async ({ output }) => expect(output()).toMatch(/^Try it: /m), {}, [
        `IMAGE=${built}`,
      ]);
      await run(project(), 'cmp build/pulled/plugin.wasm build/plugin.wasm');
    });

    it.each([
      ['no image', 'push', () => '', /^error: IMAGE is '', expected registry\/name:tag; .*make push IMAGE=/m],
      ['no tag', 'push', () => `${registry.host}/team/filter`, /expected registry\/name:tag/],
      ['code for the shell', 'pull', () => "a/b:c';touch hacked;'", /expected registry\/name:tag/],
      ['code for make', 'push', () => '$(shell touch hacked)a/b:c', /expected registry\/name:tag/],
      [
        'another machine, which is asked by TLS',
        'pull',
        () => 'localhost.invalid/a/b:1',
        /"https:\/\/localhost\.invalid\//,
      ],
      ['a tag that is not there', 'pull', () => `${registry.host}/team/filter:9`, /filter:9.* not found/],
      ['a name that is not there', 'deploy', () => `${registry.host}/team/none:1`, /none:1.* not found/],
    ])('rejects %s with a clear error, and changes nothing', async (_, target, name, why) => {
      await expectRefused(project(), target, name(), why);
    });

    it('reports a registry that is down', async () => {
      const down = `127.0.0.1:${await findFreePort()}/team/filter:1`;
      await expectRefused(project(), 'push', down, /connection refused/);
      await expectRefused(project(), 'pull', down, /connection refused/);
    });

    it('reports a registry that requires other credentials', async () => {
      await withGuardedRegistry(['somebody', 'secret'], async (host) => {
        await expectRefused(
          project(),
          'push',
          `${host}/team/filter:1`,
          /401|unauthorized|basic credential not found/,
        );
        await expectRefused(
          project(),
          'pull',
          `${host}/team/filter:1`,
          /401|unauthorized|basic credential not found/,
        );
      });
    });

    it('reports an image that contains no filter', async () => {
      const other = `${registry.host}/team/other:1`;
      await run(project(), `oras push --plain-http ${other} README.md`);
      await expectRefused(
        project(),
        'pull',
        other,
        new RegExp(`^error: ${other} is not an image of a filter$`, 'm'),
      );
    });

    it('is filled into the manifests with its digest', async () => {
      const { stdout: pushed } = await make(project(), 'push', `IMAGE=${image()}`);
      const digest = pushed.match(/sha256:([0-9a-f]{64})/)?.[1];
      const { stdout } = await make(project(), 'manifests', `IMAGE=${image()}`);
      const manifests = stdout.match(/^---$/gm)?.length;
      expect(manifests).toBeGreaterThanOrEqual(2);
      expect(stdout.match(new RegExp(`url: (oci://)?${image()} # IMAGE$`, 'gm'))).toHaveLength(
        manifests ?? 0,
      );
      expect(stdout.match(new RegExp(`sha256: "${digest}" # DIGEST$`, 'gm'))).toHaveLength(manifests ?? 0);
    });
  });
}

async function make(project: Project, ...args: readonly string[]) {
  return runToEnd(['make', '-s', ...args], project.surroundings());
}

function run(project: Project, command: string) {
  return runToEnd(['sh', '-ec', command], project.surroundings());
}

/** Fails unless a target fails because of an image and changes neither the store nor the folder. */
async function expectRefused(project: Project, target: string, image: string, why: RegExp): Promise<void> {
  const { stdout: before } = await make(project, 'images');
  const { status, stderr } = await project.make([target, `IMAGE=${image}`]);
  expect(stderr).toMatch(why);
  expect(status).toBe(2);
  expect((await make(project, 'images')).stdout).toBe(before);
  await expect(access(join(project.directory, 'hacked'))).rejects.toThrow();
}
