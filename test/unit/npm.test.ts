import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/args.ts';
import { contexts } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { restoreArguments } from '../../src/npm.ts';
import { findDefault, templates } from '../../src/templates/index.ts';
import { makeFolder } from '../support/folder.ts';

const last = languages.at(-1)?.id ?? '';
const context = contexts[0].id;
const template = findDefault(contexts[0]).id;
const other = templates.at(-1)?.id ?? '';
const full = `--language ${last} --template ${template}`;
const npm = 'npm/11.21.2 node/v20.20.2 linux x64 workspaces/false';

describe('restoreArguments', () => {
  it.each(['pnpm/12.21.0 npm/?', 'yarn/4.18.1 npm/?', 'bun/1.4.5 npm/?'])(
    'drops the first "--" of %s, wherever it is',
    (npm_config_user_agent) => {
      const env = { npm_config_user_agent };
      expect(restoreArguments(['app', '--', '-l', 'x'], env)).toEqual(['app', '-l', 'x']);
      expect(restoreArguments(['--', 'app', '--', '-l'], env)).toEqual(['app', '--', '-l']);
    },
  );

  it.each([{ npm_config_user_agent: npm }, {}])('drops only a leading "--" for %j', (env) => {
    expect(restoreArguments(['--', 'app'], env)).toEqual(['app']);
    expect(restoreArguments(['-y', '--', '-app'], env)).toEqual(['-y', '--', '-app']);
  });

  it.each([
    ['--dry-run', { npm_config_dry_run: 'true' }],
    ['--offline', { npm_config_offline: 'true' }],
  ])("takes npm's %s for ours", (option, env) => {
    expect(restoreArguments(['app'], env)).toEqual([option, 'app']);
  });

  it.each(['verbose', 'silly'])('takes npm\'s log level "%s" for --verbose', (npm_config_loglevel) => {
    expect(restoreArguments(['app'], { npm_config_loglevel })).toEqual(['--verbose', 'app']);
  });

  it.each([
    { npm_config_loglevel: 'notice' },
    { npm_config_dry_run: '' },
    { npm_config_yes: 'true' },
    { npm_config_json: 'true' },
  ])('takes nothing from %j', (env) => {
    expect(restoreArguments(['app'], env)).toEqual(['app']);
  });
});

describe('parseArgs, where npm has kept options', () => {
  it.each([
    [['app', last], { npm_config_language: 'true' }, '--language', full],
    [[last, 'app'], { npm_config_language: 'true' }, '--language', full],
    [['app'], { npm_config_language: last }, '--language', full],
    [
      ['app', last, context],
      { npm_config_language: 'true', npm_config_context: 'true' },
      '--language and --context',
      full,
    ],
    [
      ['app', context],
      { npm_config_language: last, npm_config_context: 'true' },
      '--language and --context',
      full,
    ],
    [['app', last], { npm_config_long: 'true' }, '-l', full],
    [['app', '-l', last, template], { npm_config_t: 'true' }, '-t', full],
    [['app', '-l', last, '--yes'], { npm_config_t: template }, '-t', `${full} --yes`],
    [
      ['app', '-l', last],
      { npm_config_template: other },
      '--template',
      `--language ${last} --template ${other}`,
    ],
    [['app', 'acme/x#v1'], { npm_config_template: 'true' }, '--template', '--template "acme/x#v1"'],
    [['a/b/../app', '../x'], { npm_config_t: 'true' }, '-t', '--template ../x', 'a/b/../app'],
    [['app'], { npm_config_template: 'acme/x' }, '--template', '--template acme/x'],
  ])(
    'explains "--" and suggests the corrected command for %j, %j',
    (argv, env, kept, command, directory = 'app') => {
      expect(() => parseArgs(argv, env)).toThrow(
        expect.objectContaining({
          message: `npm kept ${kept} for itself: options come after "--"`,
          hint: `npm create envoy-filter -- ${directory} ${command}`,
        }),
      );
    },
  );

  it.each([
    [['app'], { npm_config_v: 'true' }, '--version'],
    [[], { npm_config_list: 'true' }, '--list'],
    [['app'], { npm_config_list: 'true', npm_config_json: 'true' }, '--json --list'],
    [['--list'], { npm_config_json: 'true' }, '--json --list'],
    [['zsh'], { npm_config_completion: 'true' }, '--completion zsh'],
    [[], { npm_config_completion: 'fish' }, '--completion fish'],
  ])('suggests only what the option prints for %j, %j', (argv, env, options) => {
    expect(() => parseArgs(argv, env)).toThrow(
      expect.objectContaining({ hint: `npm create envoy-filter -- ${options}` }),
    );
  });

  it('accepts an option that did arrive, whatever the environment says', () => {
    expect(parseArgs(['app', '--language', last], { npm_config_language: 'true' })).toMatchObject({
      flags: { directory: 'app', language: { id: last } },
    });
  });

  it("does not take npm's own --yes for ours", () => {
    expect(parseArgs(['app'], { npm_config_yes: 'true' })).toMatchObject({ flags: { yes: false } });
  });

  it.each([
    ['npm_config_local_prefix', '.npmrc'],
    ['npm_config_userconfig', 'npmrc'],
    ['NPM_CONFIG_USERCONFIG', 'npmrc'],
    ['npm_config_globalconfig', 'npmrc'],
  ])('ignores what the file of %s says', (variable, name) => {
    const folder = makeFolder();
    const path = join(folder, name);
    writeFileSync(path, 'registry=https://example.org/\n long = true\nlanguage\n');
    const env = {
      npm_config_long: 'true',
      npm_config_language: 'true',
      [variable]: name === '.npmrc' ? folder : path,
    };
    expect(parseArgs(['app'], env)).toMatchObject({ flags: { language: undefined } });
    expect(() => parseArgs(['app'], { ...env, npm_config_template: 'x' })).toThrow('npm kept --template for');
  });

  it('ignores what is switched off', () => {
    expect(parseArgs(['app'], { npm_config_long: '', npm_config_language: 'false' })).toMatchObject({
      flags: { directory: 'app' },
    });
  });
});
