import { describe, expect, it } from 'vitest';
import type { Language } from '../../src/languages/index.ts';
import type { LanguageKnowledge, PairKnowledge, TemplateTests } from './support/entries.ts';
import { deployOnce, type Project } from './support/project.ts';

/** Tests what a crash of the filter costs, with a variant of the project that crashes on demand. */
export function describeCrashes(
  { files }: Language,
  { crash }: PairKnowledge,
  template: TemplateTests,
  project: () => Project,
): void {
  describe('changed so that it crashes on demand', () => {
    const deployment = deployOnce(project, (start) => project().withFile(files.glue, crash, () => start()));
    template.describeCrashes(project, deployment);
  });
}

/** Tests that `make` finds mistakes in how a root context is made. */
export function describeMistakes(
  { files }: Language,
  { createNoContexts: [change, error], crashEarly }: LanguageKnowledge,
  project: () => Project,
): void {
  it('fails `make test` with a clear error if the root context creates no contexts', async () => {
    await project().withFile(files.glue, change, async () => {
      const { status, stdout, stderr } = await project().make(['test']);
      expect(stdout + stderr).toContain(error);
      expect(status).toBe(2);
    });
  });

  it('fails `make check` if the module crashes before Envoy serves', async () => {
    await project().withFile(files.glue, crashEarly, async () => {
      const { status, stderr } = await project().make(['check']);
      expect(stderr).toContain('proxy_on_context_create failed');
      expect(status).toBe(2);
    });
  });
}
