// Which tests cannot apply on a system: they are no part of a run there, and the run says which.

/** Test files that need what not every system has, and where that is missing. */
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

/**
 * Gives the test files that cannot apply on a system, with the reason.
 *
 * @param {string} platform As `process.platform` says it.
 */
export function listInapplicable(platform) {
  return special.filter(({ missing }) => missing.includes(platform));
}
