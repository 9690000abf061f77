import type { Language } from './language.ts';

const keywords =
  'abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen ' +
  'if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait ' +
  'true try type typeof unsafe unsized use virtual where while yield';

const standardCrates = 'alloc core proc_macro std test';

/** The packages of the template's Cargo.lock. A crate cannot have the name of one. */
const lockedPackages =
  'allocator_api2 base64 bytes equivalent foldhash hashbrown http httparse itoa libc log memchr percent_encoding ' +
  'proc_macro2 proxy_wasm quote serde serde_core serde_derive serde_json serde_path_to_error socket2 syn ' +
  'unicode_ident ureq ureq_proto utf8_zero windows_link windows_sys zmij';

export const rust: Language = {
  id: 'rust',
  label: 'Rust',
  hint: 'proxy-wasm crate, tested by cargo',
  needs:
    'The project needs `make` and Rust; [rustup](https://rustup.rs) installs the version and target of `rust-toolchain.toml` by itself.',
  requireField:
    'remove `default` from `#[serde(default, deny_unknown_fields)]` in `src/config.rs`; each other field then needs a `#[serde(default)]` of its own',
  files: {
    glue: 'src/lib.rs',
    filter: 'src/filter.rs',
    config: 'src/config.rs',
    envoyTests: 'tests/envoy.rs',
    recoveryTests: 'tests/recovery.rs',
  },
  reservedNames: `${keywords} ${standardCrates} ${lockedPackages}`.split(' '),
  afterRename: (path, text) => (/(^|\/)Cargo\.lock$/.test(path) ? sortLock(text) : text),
};

/**
 * Cargo sorts packages and their dependencies by name. It rewrites a lock file that is not sorted, and with `--locked`,
 * it fails. In a workspace, the project can be a dependency.
 */
function sortLock(lock: string): string {
  if (lock.includes('\r\n')) return sortLock(lock.replaceAll('\r\n', '\n')).replaceAll('\n', '\r\n');
  if (!lock.endsWith('\n')) return sortLock(`${lock}\n`);
  const packages = /(?:^\[\[package\]\]\n(?:.+\n)+\n?)+/m;
  return lock.replace(packages, (all) => {
    const blocks = all.trimEnd().split('\n\n').map(sortDependencies);
    return sortByName(blocks).join('\n\n') + /\n+$/.exec(all);
  });
}

function sortDependencies(block: string): string {
  return block.replace(/(?<=^dependencies = \[\n)(?: ".*",\n)+/m, (all) =>
    sortByName(all.split(/(?<=\n)/)).join(''),
  );
}

function sortByName(texts: readonly string[]): readonly string[] {
  const named = texts.map((text) => ({ text, name: nameIn(text) }));
  return named.toSorted((a, b) => compare(a.name, b.name)).map(({ text }) => text);
}

/** The first name in quotes: a package's own, or a dependency's without its version. */
function nameIn(text: string): string {
  return /"([^ "]*)/.exec(text)?.[1] ?? '';
}

/** By code unit, as Cargo does. `localeCompare` would depend on the machine. */
function compare(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
