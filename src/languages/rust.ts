import type { Language } from './language.ts';

const keywords =
  'abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen ' +
  'if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait ' +
  'true try type typeof unsafe unsized use virtual where while yield';

const standardCrates = 'alloc core proc_macro std test';

/** The packages of the template's Cargo.lock. A crate cannot have the name of one. */
const lockedPackages =
  'allocator_api2 base64 bytes equivalent foldhash hashbrown http httparse itoa log memchr percent_encoding ' +
  'proc_macro2 proxy_wasm quote serde serde_core serde_derive serde_json serde_path_to_error syn unicode_ident ' +
  'ureq ureq_proto utf8_zero zmij';

export const rust: Language = {
  id: 'rust',
  label: 'Rust',
  hint: 'proxy-wasm crate, tested by cargo',
  needs:
    'It needs `make` and Rust; [rustup](https://rustup.rs) fetches the version and target of `rust-toolchain.toml` by itself.',
  requireField:
    'remove `default` from `#[serde(default, deny_unknown_fields)]` in `src/config.rs`; each other field then needs a `#[serde(default)]` of its own',
  files: {
    glue: 'src/lib.rs',
    filter: 'src/filter.rs',
    config: 'src/config.rs',
    envoyTests: 'tests/envoy.rs',
  },
  reservedNames: `${keywords} ${standardCrates} ${lockedPackages}`.split(' '),
  afterRename: (path, text) => (path === 'Cargo.lock' ? sortPackages(text) : text),
};

/** Cargo sorts packages by name, and rewrites a lock file that is not sorted. */
function sortPackages(lock: string): string {
  const [head, ...packages] = lock.trimEnd().split('\n\n');
  const byName = packages.toSorted((a, b) => compare(nameLine(a), nameLine(b)));
  return `${[head, ...byName].join('\n\n')}\n`;
}

function nameLine(block: string): string {
  return block.split('\n')[1] ?? '';
}

/** By code unit, as Cargo does. `localeCompare` would depend on the machine. */
function compare(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
