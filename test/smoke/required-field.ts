import { expect, it } from 'vitest';
import type { Language } from '../../src/languages/index.ts';
import { configureAll, readLastConfiguration } from './support/bootstrap.ts';
import type { LanguageKnowledge } from './support/entries.ts';
import type { Project } from './support/project.ts';

/** Tests that Envoy does not start without a field that was made required as the README says. */
export function describeRequiredField(
  { files }: Language,
  { requireField }: LanguageKnowledge,
  project: () => Project,
): void {
  it('fails `make check` without a field that was made required', async () => {
    const configuration = readLastConfiguration(await project().read('envoy-bootstrap.yml'));
    const [[name, value] = expect.unreachable()] = Object.entries(configuration);
    const missing = {
      status: 2,
      stderr: expect.stringContaining(`configuration: missing field \`${name}\``),
    };
    await project().withFile(files.config, requireField(name), async () => {
      for (const [text, outcome] of [
        ['', missing],
        ['{}', missing],
        [JSON.stringify({ [name]: value }), { status: 0 }],
      ] as const) {
        await project().withBootstrap(configureAll(text), async () =>
          expect(await project().make(['check'])).toMatchObject(outcome),
        );
      }
    });
  });
}
