/** The maximum size of the package in bytes. RATIONALE.md says why. */
export const packageGoals = { tarball: 120_000, unpacked: 440_000 };
