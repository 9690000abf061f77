import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../support/command.ts';
import type { Generated } from '../support/generate.ts';
import { Registry } from '../support/registry.ts';
import type { Project } from './support/project.ts';

/** Answers as kubectl does where a cluster has a `my-gateway` that takes every filter. Keeps what is applied. */
const kubectl = (folder: string) => `#!/bin/sh
case "$*" in
  'version --client') echo 'Client Version: v1.36.1' ;;
  'config current-context') echo test ;;
  'config get-contexts test') ;;
  *' --dry-run=server '*) echo "resource $(sed -n 's/^kind: //p') filter default" ;;
  *' apply '*) cat > '${folder}/applied' ;;
  *' get EnvoyExtensionPolicy '*) echo 'True Accepted' ;;
  *) exit 1 ;;
esac
`;

/** Tests what the targets pass to kubectl. There is no cluster: test/cluster has the real ones. */
export function describeKubernetes({ tree }: Generated, project: () => Project): void {
  describe('in Kubernetes', () => {
    let registry: Registry;
    let folder: string;
    let env: NodeJS.ProcessEnv;
    const image = () => `${registry.host}/team/filter:0.1.0`;

    beforeAll(async () => {
      registry = await Registry.start();
      folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-kubectl-'));
      await mkdir(join(folder, 'bin'));
      await writeFile(join(folder, 'bin/kubectl'), kubectl(folder), { mode: 0o755 });
      env = { PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
      await runToEnd(['make', '-s', 'image', 'push', `IMAGE=${image()}`], project().surroundings());
    });
    afterAll(async () => {
      await registry.stop();
      await rm(folder, { recursive: true });
    });

    /** Fails unless a target applies a manifest with the image and its digest. */
    async function expectApplied(manifest: string, args: readonly string[]): Promise<void> {
      expect(await project().make([...args, `IMAGE=${image()}`], env)).toMatchObject({ status: 0 });
      const crane = ['crane', 'digest', '--insecure', image()] as const;
      const { stdout: digest } = await runToEnd(crane, project().surroundings());
      const text = `---\n${await project().read(`deploy/${manifest}`)}`
        .replace(/registry\.example\.com\/\S+/, image())
        .replace(/0{64}/, digest.trim().replace('sha256:', ''));
      expect(await readFile(join(folder, 'applied'), 'utf8')).toBe(text);
    }

    it('is applied to Istio', () => expectApplied('istio.yaml', ['deploy-istio']));

    it('is applied to Istio before 1.30', () =>
      expectApplied('istio-wasmplugin.yaml', [
        'deploy-istio',
        'ISTIO_MANIFEST=deploy/istio-wasmplugin.yaml',
      ]));

    if (!tree.has('deploy/envoy-gateway.yaml')) {
      it('is refused for Envoy Gateway, which runs HTTP filters only', async () => {
        const { status, stderr } = await project().make(['deploy-envoy-gateway', `IMAGE=${image()}`], env);
        expect(stderr).toContain('error: Envoy Gateway runs HTTP filters only');
        expect(status).toBe(2);
      });
    } else {
      it('is applied to Envoy Gateway', () => expectApplied('envoy-gateway.yaml', ['deploy-envoy-gateway']));
    }

    it('is not applied if the registry does not have the image', async () => {
      await rm(join(folder, 'applied'), { force: true });
      const { status, stderr } = await project().make(['deploy-istio', `IMAGE=${image()}9`], env);
      expect(stderr).toContain('not found');
      expect(status).toBe(2);
      await expect(readFile(join(folder, 'applied'))).rejects.toThrow();
    });
  });
}
