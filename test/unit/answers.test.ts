import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectAnswers, type Prompter } from '../../src/answers.ts';
import type { Flags } from '../../src/args.ts';
import { contexts } from '../../src/contexts.ts';
import { ConflictError, UsageError } from '../../src/errors.ts';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { makeFolder } from '../support/folder.ts';

const [rust, assemblyscript] = languages;
const [http] = contexts;
const [hello] = templates;
const lastContext = contexts.at(-1);
const last = templates.filter(({ context }) => context === lastContext).at(-1);
const nothing: Flags = {
  directory: undefined,
  language: undefined,
  context: undefined,
  template: undefined,
  yes: false,
};

/** Answers `app` to a text prompt, chooses the last option of a list, and records the prompts. */
function createScript() {
  const asked: string[] = [];
  const prompter: Prompter = {
    ask: async (message) => {
      asked.push(message);
      return 'app';
    },
    choose: async (message, choices) => {
      asked.push(message);
      return choices[choices.length - 1] ?? Promise.reject(new Error('no choice'));
    },
  };
  return { asked, findPrompter: async () => prompter };
}

const nobody = async () => undefined;

describe('collectAnswers', () => {
  it('asks for name, language and context type, in this order', async () => {
    const { asked, findPrompter } = createScript();
    expect(await collectAnswers(nothing, makeFolder(), findPrompter)).toEqual({
      directory: 'app',
      language: languages.at(-1),
      template: last,
    });
    expect(asked).toEqual(['Name of the filter, or a directory for it', 'Language', 'Context type']);
  });

  it.each([
    [{ directory: 'given' }, ['Language', 'Context type']],
    [{ language: rust }, ['Name of the filter, or a directory for it', 'Context type']],
    [{ template: hello }, ['Name of the filter, or a directory for it', 'Language']],
    [{ directory: 'given', language: rust }, ['Context type']],
  ] satisfies [Partial<Flags>, string[]][])(
    'does not ask for what a flag has answered (%#)',
    async (given, questions) => {
      const { asked, findPrompter } = createScript();
      expect(await collectAnswers({ ...nothing, ...given }, makeFolder(), findPrompter)).toMatchObject(given);
      expect(asked).toEqual(questions);
    },
  );

  it('uses the only template of a context type given by a flag', async () => {
    const { asked, findPrompter } = createScript();
    const flags = { ...nothing, context: http };
    const answers = await collectAnswers(flags, makeFolder(), findPrompter, [hello]);
    expect(answers.template).toBe(hello);
    expect(asked).toEqual(['Name of the filter, or a directory for it', 'Language']);
  });

  it('asks for the template if the context type has more than one', async () => {
    const another = { ...hello, id: 'another' };
    const offered = [hello, another];
    for (const [given, questions] of [
      [{ context: http }, ['Template']],
      [{ template: hello }, []],
    ] satisfies [Partial<Flags>, string[]][]) {
      const { asked, findPrompter } = createScript();
      const flags = { ...nothing, directory: 'given', language: rust, ...given };
      const { template } = await collectAnswers(flags, makeFolder(), findPrompter, offered);
      expect(asked).toEqual(questions);
      expect(template).toBe(questions.length > 0 ? another : hello);
    }
  });

  it('takes the default template of a context type with --yes', async () => {
    const flags = { ...nothing, context: http, yes: true };
    expect((await collectAnswers(flags, makeFolder(), nobody)).template).toBe(hello);
  });

  it('loads no prompter if the flags answer everything', async () => {
    const flags = { ...nothing, directory: 'given', language: rust, template: hello };
    const unneeded = () => Promise.reject(new Error('looked for somebody'));
    expect(await collectAnswers(flags, makeFolder(), unneeded)).toEqual({
      directory: 'given',
      language: rust,
      template: hello,
    });
  });

  it('takes the defaults for the rest with --yes', async () => {
    expect(await collectAnswers({ ...nothing, yes: true }, makeFolder(), nobody)).toEqual({
      directory: 'my-envoy-filter',
      language: rust,
      template: hello,
    });
    expect(
      await collectAnswers({ ...nothing, language: assemblyscript, yes: true }, makeFolder(), nobody),
    ).toMatchObject({ directory: 'my-envoy-filter', language: assemblyscript });
  });

  it.each([
    [{}, 'a directory and --language and --template', 'my-envoy-filter --language rust --template hello'],
    [
      { directory: 'a b/app', language: assemblyscript },
      '--template',
      '"a b/app" --language assemblyscript --template hello',
    ],
  ])(
    'names what is missing, with a full example, when nobody can be asked (%#)',
    async (given, missing, example) => {
      const answers = collectAnswers({ ...nothing, ...given }, makeFolder(), nobody);
      await expect(answers).rejects.toThrow(UsageError);
      await expect(answers).rejects.toMatchObject({
        message: `missing ${missing}: there is no terminal to prompt on`,
        hint: `npm create envoy-filter -- ${example} (or --yes, which takes the defaults)`,
      });
    },
  );

  it('refuses a given directory before the first question', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full/file'), '');
    const { asked, findPrompter } = createScript();
    const answer = (directory: string) => collectAnswers({ ...nothing, directory }, folder, findPrompter);
    await expect(answer('full')).rejects.toThrow(ConflictError);
    await expect(answer('No Name')).rejects.toThrow(UsageError);
    expect(asked).toEqual([]);
  });

  it('refuses the default directory of --yes when it is not empty', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'my-envoy-filter/src'), { recursive: true });
    await expect(collectAnswers({ ...nothing, yes: true }, folder, nobody)).rejects.toThrow(ConflictError);
  });

  it('checks a typed directory like one given as an argument, for every language that can still be chosen', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'full/src'), { recursive: true });
    const problems: (string | undefined)[] = [];
    const prompter: Prompter = {
      ask: async (_message, defaultAnswer, check) => {
        problems.push(
          ...['full', 'log', 'assemblyscript', 'app', defaultAnswer].map((answer) => check(answer)?.message),
        );
        return 'app';
      },
      choose: async (_message, [first]) => first ?? Promise.reject(new Error('no choice')),
    };
    await collectAnswers(nothing, folder, async () => prompter);
    await collectAnswers({ ...nothing, language: rust }, folder, async () => prompter);
    const full = 'cannot create "full": it is not empty: it contains src';
    const log = 'invalid name "log": it is reserved in Rust';
    const other = 'invalid name "assemblyscript": it is reserved in AssemblyScript';
    expect(problems).toEqual([
      full,
      log,
      other,
      undefined,
      undefined,
      full,
      log,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
