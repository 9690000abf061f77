import { expect, it } from 'vitest';
import type { Language } from '../../src/languages/index.ts';
import type { LanguageKnowledge } from './support/entries.ts';
import type { Project } from './support/project.ts';

/** Tests that `make` finds mistakes in how a root context is made, the same for every template of a context type. */
export function describeMistakes(
  { files }: Language,
  { createNoContexts: [change, error, hint], crashEarly }: LanguageKnowledge,
  project: () => Project,
): void {
  it('fails `make test` with a clear error if the root context creates no contexts', async () => {
    await project().withFile(files.glue, change, async () => {
      const { status, stdout, stderr } = await project().make(['test']);
      expect(stdout + stderr).toContain(error);
      // Once in each log.
      const logs = (stdout + stderr).match(/Envoy has logged:/g) ?? [];
      if (hint !== undefined) expect((stdout + stderr).split(`hint: ${hint}`)).toHaveLength(logs.length + 1);
      expect(status).toBe(2);
    });
  });

  it('fails `make check` if the module crashes before Envoy serves', async () => {
    await project().withFile(files.glue, crashEarly, async () => {
      const { status, stderr } = await project().make(['check']);
      expect(stderr).toContain('proxy_on_context_create failed');
      expect(stderr).toMatch(
        /^hint: .*(setRootContext|crashed at src\/lib\.rs:\d+ as Envoy created its context)/m,
      );
      expect(status).toBe(2);
    });
  });
}
