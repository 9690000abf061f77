// Tests that cannot run on every system. A test run excludes those that cannot run on its system, and lists them.

/** Test files, what they need, and the systems without it. */
const special = [
  { file: 'test/cli/colors.test.ts', needs: "Python's pseudo-terminals", missing: ['win32'] },
  {
    file: 'test/cli/full-disk.test.ts',
    needs: '/proc, and a device that is always full',
    missing: ['darwin', 'win32'],
  },
  { file: 'test/cli/interrupt.test.ts', needs: 'signals that a process can send', missing: ['win32'] },
  { file: 'test/cli/shell.test.ts', needs: 'a POSIX shell', missing: ['win32'] },
  { file: 'test/cli/terminal.test.ts', needs: "Python's pseudo-terminals", missing: ['win32'] },
  { file: 'test/remote/folder.test.ts', needs: 'git and symbolic links', missing: ['win32'] },
  { file: 'test/remote/git.test.ts', needs: 'git and a POSIX shell', missing: ['win32'] },
  { file: 'test/remote/hosts.test.ts', needs: 'git and openssl', missing: ['win32'] },
  { file: 'test/remote/interrupt.test.ts', needs: 'signals that a process can send', missing: ['win32'] },
  { file: 'test/remote/network.test.ts', needs: "Linux's namespaces", missing: ['darwin', 'win32'] },
  {
    file: 'test/remote/template.test.ts',
    needs: "git, openssl and Linux's namespaces",
    missing: ['darwin', 'win32'],
  },
  { file: 'test/unit/configuration.test.ts', needs: 'awk', missing: ['win32'] },
  { file: 'test/unit/explanations.test.ts', needs: 'a POSIX shell and awk', missing: ['win32'] },
  { file: 'test/unit/git.test.ts', needs: 'git, without the settings of the machine', missing: ['win32'] },
  { file: 'test/unit/shell-words.test.ts', needs: 'a POSIX shell', missing: ['win32'] },
];

/** @param {string} platform as in `process.platform` */
export function listInapplicable(platform) {
  return special.filter(({ missing }) => missing.includes(platform));
}
