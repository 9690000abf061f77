import { expect, it } from 'vitest';
import type { Project } from './support/project.ts';
import type { World } from './support/world.ts';

/** Where a target of make applies which manifest. */
export type Deployed = Readonly<{ target: string; manifest: string; kind: string; field: string }>;

/** Tests that what cannot work is refused before anything is applied. */
export function describeRefusals(
  { mesh, registry }: World,
  project: () => Project,
  deployed: Deployed,
): void {
  const { target, manifest, kind, field } = deployed;

  async function expectRefused(reason: string, ...variables: readonly string[]): Promise<void> {
    const { status, stderr } = await project().make(target, ...variables);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('hint: ');
    expect(status).toBe(2);
    expect(await mesh().api.kubectl('get', kind, '--all-namespaces', '-o', 'name')).toBe('');
  }

  it.each(['IMAGE', 'DIGEST'])('is refused without the mark %s', (mark) =>
    project().with(manifest, ` # ${mark}`, '', () => expectRefused(`ends in \`# ${mark}\``)),
  );

  it('is refused if the target does not exist', () =>
    project().with(manifest, 'my-gateway', 'other', () =>
      expectRefused("there is no Gateway 'other' in the namespace 'default'"),
    ));

  it('is refused if the image is not in its registry', () =>
    expectRefused('cannot find', `IMAGE=${registry().host}/team/none:1`));

  it('is refused with a field that the API server does not know', () =>
    project().with(manifest, `${field}:`, `${field}s:`, () => expectRefused('unknown field "spec.wasm')));

  it('is refused with a plugin configuration that the module refuses', () =>
    project().with(manifest, '"greeting"', '"greting"', () => expectRefused('greting: unknown field')));

  it('is refused for a context that does not exist', () =>
    expectRefused("no context 'other'", 'CONTEXT=other'));

  it('is refused for a namespace that does not exist', () =>
    expectRefused('namespaces "other" not found', 'NAMESPACE=other'));

  it('is refused without a kubeconfig', async () => {
    const { status, stderr } = await project().make(target, 'KUBECONFIG=/nonexistent');
    expect(stderr).toContain('error: kubectl has no current context');
    expect(status).toBe(2);
  });
}
