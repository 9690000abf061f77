/**
 * The maximum size of the package in bytes. `core` is what creating a project loads; everything else, such as prompts, is
 * loaded only if it is needed. RATIONALE.md says why. Three quarters of `unpacked` are templates, which nobody loads whole.
 */
export const packageGoals = { tarball: 320_000, unpacked: 1_100_000, core: 51_653 };

/** The maximum CPU time of `--help` as a multiple of `node -e 0`, and that of generating as one of create-vite's. */
export const speedGoals = { help: 1.1, generation: 0.95 };
