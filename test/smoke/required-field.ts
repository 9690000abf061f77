import { expect, it } from 'vitest';
import type { Language } from '../../src/languages/index.ts';
import { requirePatches } from './patches.ts';
import { configureAll } from './support/bootstrap.ts';
import type { Project } from './support/project.ts';

/** Tests that Envoy does not start without a field that was made required as the README says. */
export function describeRequiredField(language: Language, project: () => Project): void {
  it('fails `make check` without a field that has been made a required one', async () => {
    const patch = requirePatches[language.id];
    if (patch === undefined) throw new Error(`patches.ts has none for ${language.id}`);
    await project().withFile(language.files.config, patch, async () => {
      for (const [configuration, outcome] of [
        ['', { status: 2, stderr: expect.stringContaining('configuration: missing field `greeting`') }],
        ['{}', { status: 2, stderr: expect.stringContaining('configuration: missing field `greeting`') }],
        ['{"greeting": "Hi"}', { status: 0 }],
      ] as const) {
        await project().withBootstrap(configureAll(configuration), async () =>
          expect(await project().make(['check'])).toMatchObject(outcome),
        );
      }
    });
  });
}
