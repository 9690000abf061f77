import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectAnswers, type Prompter } from '../../src/answers.ts';
import type { Flags } from '../../src/args.ts';
import { contexts } from '../../src/contexts.ts';
import { ConflictError, UsageError } from '../../src/errors.ts';
import { type Language, languages } from '../../src/languages/index.ts';
import { findDefault, templates } from '../../src/templates/index.ts';
import { makeFolder } from '../support/folder.ts';

const [language, otherLanguage] = languages;
const [context] = contexts;
const [template] = templates;
/** One template of each context type. */
const defaultTemplates = contexts.map(findDefault);
const nothing: Flags = {
  directory: undefined,
  language: undefined,
  context: undefined,
  template: undefined,
  source: undefined,
  offline: false,
  yes: false,
  dryRun: false,
  json: false,
};

/** Does nothing: answering does not need it. */
const rest = { confirm: async () => true, enclose: () => '' };

/** Answers `app` to a text prompt, chooses the last option of a list, and records the prompts. */
function createScript() {
  const asked: string[] = [];
  const prompter: Prompter = {
    ...rest,
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

/** A name that is reserved in the first language only. */
function findReserved(first: Language | undefined, second: Language | undefined): string {
  const names = first?.reservedNames.filter((name) => !second?.reservedNames.includes(name)) ?? [];
  return names.find((name) => /^[a-z]{3,}$/.test(name)) ?? expect.unreachable();
}

const nobody = async () => undefined;

describe('collectAnswers', () => {
  it('asks for name, language and context type, in this order', async () => {
    const { asked, findPrompter } = createScript();
    expect(await collectAnswers(nothing, makeFolder(), findPrompter, defaultTemplates)).toEqual({
      directory: 'app',
      language: languages.at(-1),
      template: defaultTemplates.at(-1),
    });
    expect(asked).toEqual(['Name of the filter, or its directory', 'Language', 'Context type']);
  });

  it.each([
    [{ directory: 'given' }, ['Language', 'Context type']],
    [{ language }, ['Name of the filter, or its directory', 'Context type']],
    [{ template }, ['Name of the filter, or its directory', 'Language']],
    [{ directory: 'given', language }, ['Context type']],
  ] satisfies [Partial<Flags>, string[]][])(
    'does not ask for what a flag has answered (%#)',
    async (given, questions) => {
      const { asked, findPrompter } = createScript();
      expect(
        await collectAnswers({ ...nothing, ...given }, makeFolder(), findPrompter, defaultTemplates),
      ).toMatchObject(given);
      expect(asked).toEqual(questions);
    },
  );

  it('uses the only template of a context type given by a flag', async () => {
    const { asked, findPrompter } = createScript();
    const flags = { ...nothing, context };
    const answers = await collectAnswers(flags, makeFolder(), findPrompter, [template]);
    expect(answers).toMatchObject({ template });
    expect(asked).toEqual(['Name of the filter, or its directory', 'Language']);
  });

  it('asks for the template if the context type has more than one', async () => {
    const another = { ...template, id: 'another' };
    const offered = [template, another];
    for (const [given, questions] of [
      [{ context }, ['Template']],
      [{ template }, []],
    ] satisfies [Partial<Flags>, string[]][]) {
      const { asked, findPrompter } = createScript();
      const flags = { ...nothing, directory: 'given', language, ...given };
      const answers = await collectAnswers(flags, makeFolder(), findPrompter, offered);
      expect(asked).toEqual(questions);
      expect(answers).toMatchObject({ template: questions.length > 0 ? another : template });
    }
  });

  it('takes the default template of a context type with --yes', async () => {
    const flags = { ...nothing, context, yes: true };
    expect(await collectAnswers(flags, makeFolder(), nobody)).toMatchObject({ template });
  });

  it('asks only for the directory of a remote template', async () => {
    const source = 'acme/filter-template';
    const { asked, findPrompter } = createScript();
    const flags = { ...nothing, source };
    expect(await collectAnswers(flags, makeFolder(), findPrompter)).toEqual({ directory: 'app', source });
    expect(asked).toEqual(['Name of the filter, or its directory']);
    const complete = { ...flags, yes: true };
    const directory = 'my-envoy-filter';
    expect(await collectAnswers(complete, makeFolder(), nobody)).toEqual({ directory, source });
    await expect(collectAnswers(flags, makeFolder(), nobody)).rejects.toMatchObject({
      message: 'missing a directory: there is no terminal to prompt on',
      hint: `npm create envoy-filter -- ${directory} --template ${source} (or --yes, which takes the defaults)`,
    });
  });

  it('wants a name that is valid in every language for a remote template', async () => {
    const reserved = languages.map(({ reservedNames: [name = ''] }) => name.replaceAll('_', '-'));
    for (const yes of [false, true]) {
      for (const directory of reserved) {
        const flags = { ...nothing, directory, source: 'acme/filter-template', yes };
        await expect(collectAnswers(flags, makeFolder(), nobody)).rejects.toThrow(
          `invalid name "${directory}"`,
        );
      }
    }
  });

  it('loads no prompter if the flags answer everything', async () => {
    const flags = { ...nothing, directory: 'given', language, template };
    const unneeded = () => Promise.reject(new Error('looked for somebody'));
    expect(await collectAnswers(flags, makeFolder(), unneeded)).toEqual({
      directory: 'given',
      language,
      template,
    });
  });

  it('takes the defaults for the rest with --yes', async () => {
    expect(await collectAnswers({ ...nothing, yes: true }, makeFolder(), nobody)).toEqual({
      directory: 'my-envoy-filter',
      language,
      template,
    });
    expect(
      await collectAnswers({ ...nothing, language: otherLanguage, yes: true }, makeFolder(), nobody),
    ).toMatchObject({ directory: 'my-envoy-filter', language: otherLanguage });
  });

  it.each([
    [
      {},
      'a directory and --language and --template',
      `my-envoy-filter --language ${language.id} --template ${template.id}`,
    ],
    [
      { directory: 'a b/app', language: otherLanguage },
      '--template',
      `"a b/app" --language ${otherLanguage?.id} --template ${template.id}`,
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
    const reserved = [findReserved(language, otherLanguage), findReserved(otherLanguage, language)];
    const problems: (string | undefined)[] = [];
    const prompter: Prompter = {
      ...rest,
      ask: async (_message, offer, refuse) => {
        problems.push(...['full', ...reserved, 'app', offer].map((answer) => refuse(answer)?.message));
        return 'app';
      },
      choose: async (_message, [first]) => first ?? Promise.reject(new Error('no choice')),
    };
    await collectAnswers(nothing, folder, async () => prompter);
    await collectAnswers({ ...nothing, language }, folder, async () => prompter);
    const full = 'cannot create "full": it is not empty: it contains src';
    const first = `invalid name "${reserved[0]}": it is reserved in ${language.label}`;
    const second = `invalid name "${reserved[1]}": it is reserved in ${otherLanguage?.label}`;
    expect(problems).toEqual([
      ...[full, first, second, undefined, undefined],
      ...[full, first, undefined, undefined, undefined],
    ]);
  });
});

describe('a refused directory', () => {
  const long = 'x'.repeat(43);
  const reserved = findReserved(language, otherLanguage);
  const full = ['app', 'app-2', 'my-envoy-filter', `${reserved}-filter`, long, `deep/${long}`];

  /** The first offer in a folder with these directories, and the function that refuses answers there. */
  async function start(
    folder: string,
  ): Promise<Readonly<{ first: string; refuse: Parameters<Prompter['ask']>[2] }>> {
    for (const directory of full) mkdirSync(join(folder, directory, 'src'), { recursive: true });
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'file'), '');
    return new Promise((done) => {
      const ask: Prompter['ask'] = async (_message, first, refuse) => {
        done({ first, refuse });
        return 'answer';
      };
      const choose = () => Promise.reject(new Error('there is nothing to choose'));
      collectAnswers({ ...nothing, language, template }, folder, async () => ({
        ...rest,
        ask,
        choose,
      }));
    });
  }

  it.each([
    ['My App!', 'my-app'],
    ['deep/My App!', join('deep', 'my-app')],
    ['app', 'app-3'],
    [reserved, `${reserved}-filter-2`],
    ['file/App', 'app-3'],
    ['file', 'file-2'],
    ['Empty', 'empty-2'],
    [`deep/${long}`, join('deep', `${long}-2`)],
    ['a\x07b/App', 'app-3'],
    ['.', undefined],
  ])('is answered with another that passes: %j', async (answer, offer) => {
    const { refuse } = await start(makeFolder());
    if (offer === undefined) expect(refuse(answer)?.offer).toMatch(/^[a-z][a-z0-9-]*$/);
    else expect(refuse(answer)?.offer).toBe(offer);
  });

  it('includes the default, for which there is another first offer then', async () => {
    const { first } = await start(makeFolder());
    expect(first).toBe('my-envoy-filter-2');
  });

  it('is answered with a new directory that passes all checks, for any text', async () => {
    const folder = makeFolder();
    const { refuse } = await start(folder);
    const part = fc.oneof(
      fc.constantFrom('.', '..', 'App', 'deep', 'file', 'empty', reserved, 'con', '42', '-x', ...full),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replace(/[\0/\\]/g, '')),
    );
    const texts = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    let refusals = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const refusal = refuse(text);
        if (refusal === undefined) return;
        refusals += 1;
        expect(refuse(refusal.offer)).toBeUndefined();
        expect(existsSync(resolve(folder, refusal.offer))).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(refusals).toBeGreaterThan(100);
  });
});
