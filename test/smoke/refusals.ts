import { describe, expect, it } from 'vitest';
import type { Project } from './project.ts';

/** What is wrong, the change of the bootstrap that brings it about, and what the log says. */
type Refusal = readonly [what: string, change: (bootstrap: string) => string, why: string];

/** Defines that neither `make check` nor `make deploy` accepts these plugin configurations, and that both say why. */
export function describeRefusals(project: () => Project, refusals: readonly Refusal[]): void {
  describe('keeps Envoy from starting, and says why,', () => {
    it.each(refusals)('when the configuration has %s', async (_, change, why) => {
      await project().withBootstrap(change, async () => {
        expect(await project().make(['check'])).toMatchObject({
          status: 2,
          stderr: expect.stringContaining(`configuration: ${why}`),
        });
        await expect(project().deploy(async () => {})).rejects.toThrow(`configuration: ${why}`);
      });
    });
  });
}
