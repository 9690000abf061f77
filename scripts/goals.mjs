/**
 * The maximum size of the package in bytes. `core` is the file that every run loads; everything else is loaded only if it
 * is needed. RATIONALE.md says why.
 */
export const packageGoals = { tarball: 300_000, unpacked: 700_000, core: 51_653 };
