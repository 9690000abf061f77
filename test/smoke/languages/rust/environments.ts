import { join } from 'node:path';
import type { Environment } from '../../support/environment.ts';

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

/** Environments for users of Cargo. */
export const environments: readonly Environment[] = [
  {
    title: 'below a Cargo workspace',
    files: cargoWorkspace,
    after: 'cargo metadata --format-version 1 --no-deps >out && ! grep my-filter out',
  },
  {
    title: 'as a member of a Cargo workspace',
    files: cargoWorkspace,
    before: joinCargoWorkspace,
    // Cargo warns about profiles that it ignores.
    after:
      'cargo metadata --format-version 1 --no-deps >out 2>&1 && grep -q my-filter out && ! grep profiles out',
  },
  {
    title: "below other projects' settings of Cargo, rustfmt and Clippy",
    files: {
      '.cargo/config.toml': `[build]\ntarget = "wasm32-wasip1"\ntarget-dir = "elsewhere"\nrustflags = "${hostFlags}"\n`,
      'rustfmt.toml': 'max_width = 60\n',
      'clippy.toml': 'disallowed-names = ["envoy"]\n',
    },
  },
  {
    title: 'with variables of Cargo',
    env: ({ top }) => ({
      RUSTFLAGS: hostFlags,
      CARGO_BUILD_TARGET: 'wasm32-wasip1',
      CARGO_TARGET_DIR: join(top, 'elsewhere'),
    }),
  },
  {
    title: 'with encoded flags of Cargo',
    env: () => ({ CARGO_ENCODED_RUSTFLAGS: hostFlags.replace(' ', '\x1f') }),
  },
];
