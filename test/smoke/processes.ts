import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGroup } from '../../scripts/deployment.mjs';
import type { Language } from '../../src/languages/index.ts';
import type { LanguageKnowledge } from './support/entries.ts';
import type { Project } from './support/project.ts';
import { Recorder } from './support/recorder.ts';

/** Tests that a project stops every Envoy that it starts, the same for every template. */
export function describeProcesses(
  { files }: Language,
  { failingTests }: LanguageKnowledge,
  project: () => Project,
): void {
  describe('leaves no Envoy behind', () => {
    let scratch: string;
    let recorder: Recorder;
    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
    });
    beforeEach(async () => {
      recorder = await Recorder.create(scratch);
    });
    afterAll(() => rm(scratch, { recursive: true }));

    it('when Ctrl-C ends `make deploy`', async () => {
      await project().deploy(async () => expect(await recorder.started()).toHaveLength(1), recorder.env);
      expect(await recorder.leftOver()).toEqual([]);
    });

    it('when a test fails', async () => {
      const change = () => failingTests;
      await project().withFile(files.envoyTests, change, async () =>
        expect(await project().make(['test'], recorder.env)).toMatchObject({ status: 2 }),
      );
      expect(await recorder.started()).not.toEqual([]);
      expect(await recorder.leftOver()).toEqual([]);
    });

    it('when Ctrl-C interrupts its tests', async () => {
      const tests = startGroup(['make', 'test'], project().surroundings(recorder.env));
      await recorder.first();
      tests.signal('SIGINT');
      expect(await tests.end()).not.toBe(0);
      expect(await recorder.leftOver()).toEqual([]);
    });

    it('when the process that runs its tests is killed', async () => {
      const tests = startGroup(['make', 'test'], project().surroundings(recorder.env));
      const { parent } = await recorder.first();
      process.kill(parent, 'SIGKILL');
      expect(await tests.end()).not.toBe(0);
      expect(await recorder.leftOver()).toEqual([]);
    });
  });
}
