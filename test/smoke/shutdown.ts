import { expect, it } from 'vitest';
import type { Deployment, Project } from './support/project.ts';
import { errorLine } from './support/stats.ts';

/** Tests that Envoy shuts the module down without an error after traffic. */
export function describeShutdown(
  project: () => Project,
  traffic: (deployment: Deployment) => Promise<void>,
): void {
  it('logs no error when Ctrl-C ends `make deploy` after traffic', async () => {
    const output = await project().deploy(async (deployment) => {
      await traffic(deployment);
      return deployment.output;
    });
    expect(output()).not.toMatch(errorLine);
  });
}
