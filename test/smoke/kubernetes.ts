import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../support/command.ts';
import type { Generated } from '../support/generate.ts';
import { Registry } from '../support/registry.ts';
import type { Project } from './support/project.ts';

/** Tests what the targets pass to kubectl. There is no cluster: this kubectl only records it. */
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
      const answers = `"version --client") echo v1.36.0 ;; "apply -f -") cat > '${folder}/applied' ;; *) exit 1 ;;`;
      const kubectl = `#!/bin/sh\ncase "$*" in ${answers} esac\n`;
      await writeFile(join(folder, 'bin/kubectl'), kubectl, { mode: 0o755 });
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
