// The tests that cannot run on every system. A run leaves out those that cannot run where it is, and lists them.

/** Test files, what they need, and the systems that lack it. */
const special = [
  {
    file: 'test/cli/full-disk.test.ts',
    needs: 'a device that is always full',
    missing: ['darwin', 'win32'],
  },
  { file: 'test/cli/interrupt.test.ts', needs: 'signals that a process can send', missing: ['win32'] },
  { file: 'test/cli/shell.test.ts', needs: 'a POSIX shell', missing: ['win32'] },
  { file: 'test/cli/terminal.test.ts', needs: "Python's pseudo-terminals", missing: ['win32'] },
  { file: 'test/unit/shell-words.test.ts', needs: 'a POSIX shell', missing: ['win32'] },
];

/** @param {string} platform A value of `process.platform`. */
export function listInapplicable(platform) {
  return special.filter(({ missing }) => missing.includes(platform));
}
