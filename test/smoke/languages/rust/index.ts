import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LanguageKnowledge } from '../../support/entries.ts';
import { all, type Change, replace, replaceMatch } from '../../support/project.ts';
import { environments } from './environments.ts';

/** A field of a configuration without this is required as generated. */
const allOptional = '#[serde(default, deny_unknown_fields)]';

function requireOnly(name: string): Change {
  return all(replace(allOptional, '#[serde(deny_unknown_fields)]'), (text) =>
    text.replaceAll(new RegExp(`^ {4}pub (?!${name}|fn)`, 'gm'), '    #[serde(default)]\n    pub '),
  );
}

export default {
  crashEarly: replaceMatch(/set_root_context\(.*\);/, 'set_root_context(|_| panic!("none"));'),
  createNoContexts: [
    replaceMatch(/ {4}fn get_type\(.*\n.*\n {4}\}\n/, ''),
    'missing ContextType on root_context\n',
    'the module has no root context, or one that does not say what it creates',
  ],
  requireField: (name) => (text) => (text.includes(allOptional) ? requireOnly(name)(text) : text),
  failingTests: `mod support;

#[test]
fn fails() {
    let _envoy = support::Envoy::start();
    panic!("on purpose");
}
`,
  lockFile: { file: 'Cargo.toml', change: replace('0.1.0', '0.2.0'), update: 'make build' },
  pathError:
    /^error: Rust cannot build in a path that contains ':' or '%'; rename the directory: .*\nmake: .*\n$/,
  offline: { CARGO_NET_OFFLINE: 'true' },
  folders: {
    CARGO_HOME: process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
  },
  dependencies: ['target'],
  environments,
} satisfies LanguageKnowledge;
