import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOnce, startLoad } from '../../scripts/load.mjs';
import { languages } from '../../src/languages/index.ts';
import { hello } from '../../src/templates/hello.ts';
import { runToEnd } from '../support/command.ts';
import {
  breaking,
  breakSyntax,
  DevSession,
  fixSyntax,
  greeting,
  preposition,
  rejecting,
} from './support/dev-session.ts';
import { importLanguage, importPair } from './support/entries.ts';
import { Project, replace } from './support/project.ts';
import type { HelloKnowledge } from './templates/hello/knowledge.ts';

/** How many times two changes are swapped in. The languages share the script, so one of them is tested at length. */
const rounds: Readonly<Record<string, number>> = { assemblyscript: 10, rust: 2 };

const rows = await Promise.all(
  languages.map(async (language) => {
    const { crashEarly } = await importLanguage(language);
    const { dialect } = (await importPair(language, hello)) as HelloKnowledge;
    return { label: language.label, language, crashEarly, dialect };
  }),
);

describe.each(rows)('`make dev` of a filter in $label', ({ language, crashEarly, dialect }) => {
  const { filter, glue } = language.files;
  const bootstrap = 'envoy-bootstrap.yml';
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(language, hello);
    await runToEnd(['make', 'dev-build'], project.surroundings());
  });
  afterAll(() => project.remove());

  it('fails no request when it swaps, and keeps serving what was there before a broken change', async () => {
    await DevSession.use(project, async (session) => {
      const { port } = session.run;
      const load = startLoad(port, (answer) => /^200 .*"x-hello": "Hello \w+ \w+ localhost/s.test(answer));
      const count = rounds[language.id] ?? 2;
      for (let round = 0; round < count; round++) {
        await session.save(filter, preposition(`by${round}`));
        expect(await askOnce(port)).toContain(` by${round} `);
        await session.save(bootstrap, greeting(`Hello ${round}`));
        expect(await askOnce(port)).toContain(`"Hello ${round} by${round} `);
      }

      for (let round = 0; round < 2; round++) {
        await session.save(filter, breakSyntax, breaking);
        await session.next(new RegExp(`(in|-->) ${filter}`));
        await session.save(filter, fixSyntax);
      }
      await session.save(bootstrap, replace('"greeting"', '"greting"'), rejecting);
      await session.next(/^[\d:]+ error +configuration: greting: unknown field/m);
      await session.save(bootstrap, replace('"greting"', '"greeting"'));
      const whole = await project.read(glue);
      await session.save(glue, crashEarly, rejecting);
      await session.next(/^[\d:]+ \w+ +Envoy: /m);
      expect(await askOnce(port)).toContain(`"Hello ${count - 1} by${count - 1} `);
      await session.save(glue, () => whole);

      while (load.count() < 2_000 * count) await sleep(50);
      await load.stop();
      expect(load.failures).toEqual([]);
    });
  });

  it('shows what the filter logs, for debugging only with LOG=debug', async () => {
    await project.withFile(glue, dialect.logDebug, async () => {
      const seen = /^[\d:]+ debug +seen$/m;
      await DevSession.use(project, async (session) => {
        await askOnce(session.run.port);
        await session.save(bootstrap, greeting('Hello again'));
        expect(session.run.output()).not.toMatch(seen);
      });
      const variables = ['LOG=debug'];
      const see = async (session: DevSession) => {
        await askOnce(session.run.port);
        await session.next(seen);
      };
      await DevSession.use(project, see, { variables });
    });
  });
});
