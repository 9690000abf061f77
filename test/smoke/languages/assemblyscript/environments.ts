import type { Environment } from '../../support/environment.ts';

const npmPackage = (more: object = {}) =>
  JSON.stringify({ name: 'monorepo', version: '1.0.0', private: true, ...more });
const workspaces = ['filters/*'];
const yarn1 = 'npx --yes yarn@1.22.22';
const yarn4 = 'npx --yes @yarnpkg/cli-dist@4.18.1';
const pnpm = 'npx --yes pnpm@10.20.0';

/** Environments for users of npm, pnpm, Yarn and Biome. */
export const environments: readonly Environment[] = [
  {
    title: 'below an npm workspace',
    files: { 'package.json': npmPackage({ workspaces: ['packages/*'] }) },
    before: 'npm install',
  },
  {
    title: 'as a member of an npm workspace',
    files: { 'package.json': npmPackage({ workspaces }) },
    before: 'npm install',
    after: 'npm install && make -C "$PROJECT" lint build',
  },
  {
    title: 'as a member of a pnpm workspace',
    files: { 'package.json': npmPackage(), 'pnpm-workspace.yaml': 'packages: [filters/*]\n' },
    before: `${pnpm} install`,
    after: `CI=true ${pnpm} install && make -C "$PROJECT" lint build`,
  },
  {
    title: 'as a member of a Yarn 1 workspace',
    files: { 'package.json': npmPackage({ workspaces }) },
    before: `${yarn1} install`,
    after: `${yarn1} install && make -C "$PROJECT" lint build`,
  },
  {
    title: "as a member of a Yarn workspace, run by that workspace's scripts too",
    files: {
      'package.json': npmPackage({
        workspaces,
        scripts: { make: 'make -C filters/my-filter lint build test' },
      }),
      'yarn.lock': '',
    },
    before: `YARN_ENABLE_IMMUTABLE_INSTALLS=false ${yarn4} install`,
    after: `${yarn4} install && ${yarn4} run make`,
  },
  {
    title: 'below the settings of Biome, ESLint and Prettier',
    files: {
      'biome.json':
        '{\n\t"linter": { "rules": { "style": { "useConst": "error", "useImportType": "error" } } }\n}\n',
      'eslint.config.js': 'export default [{ rules: { "no-unused-vars": "error" } }];\n',
      '.prettierrc': '{ "useTabs": true, "singleQuote": true }\n',
    },
    after: '"$PROJECT/node_modules/.bin/biome" check "$PROJECT"',
  },
  {
    title: 'where Biome and git are told to ignore it',
    files: {
      'biome.json':
        '{ "vcs": { "enabled": true, "clientKind": "git", "useIgnoreFile": true }, "files": { "includes": ["src"] } }',
      '.gitignore': '/filters/\n',
    },
    before: 'git init --quiet',
  },
  {
    title: 'with settings of npm',
    env: () => ({
      npm_config_omit: 'dev\n\noptional',
      npm_config_ignore_scripts: 'true',
      npm_config_package_lock: 'false',
    }),
  },
];
