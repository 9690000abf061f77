import { expect, it } from 'vitest';
import type { Project } from './support/project.ts';

/** What is wrong, the change of the bootstrap that causes it, and the expected log. */
type Refusal = readonly [what: string, change: (bootstrap: string) => string, why: string];

/** Tests that a project does not run with these plugin configurations, and logs why. */
export function describeRefusals(
  project: () => Project,
  refusals: readonly [Refusal, ...(readonly Refusal[])],
): void {
  it.each(refusals)('`make check` rejects a configuration with %s, and shows why', async (_, change, why) => {
    await project().withBootstrap(change, async () => {
      const { status, stderr } = await project().make(['check']);
      expect(stderr).toContain(`configuration: ${why}`);
      expect(stderr.match(/^hint: /gm)).toHaveLength(1);
      const [, field] = why.match(/^([^ :]+): /) ?? [];
      expect(stderr).toContain(`hint: correct ${field ? `\`${field}\` in ` : ''}the plugin configuration`);
      expect(status).toBe(2);
    });
  });

  const [[what, change, why]] = refusals;
  it(`\`make deploy\` rejects a configuration with ${what}, and shows why`, async () => {
    await project().withBootstrap(change, async () => {
      const deployment = project().deploy(async () => {});
      await expect(deployment).rejects.toThrow(/^make deploy .* ended with 2:$/m);
      await expect(deployment).rejects.toThrow(`configuration: ${why}`);
    });
  });
}
