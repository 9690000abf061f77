import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LanguageKnowledge } from '../../support/entries.ts';
import { replace, replaceMatch } from '../../support/project.ts';
import { environments } from './environments.ts';

export default {
  crashEarly: replaceMatch(/^setRootContext\(.*\n/m, ''),
  createNoContexts: [
    replaceMatch(/ {2}override createContext\(.*\n.*\n {2}\}\n/, ''),
    "does not implement inherited abstract member 'createContext'",
  ],
  requireField: (name) => replace('  parsed.error =', `  fields.require("${name}");\n  parsed.error =`),
  failingTests: `import { startEnvoy, test } from "./support/envoy.js";

test("fails", async (t) => {
  await startEnvoy(t);
  throw new Error("on purpose");
});
`,
  lockFile: {
    file: 'package.json',
    change: replace('0.28.20', '0.28.19'),
    update: 'npm install --package-lock-only --no-audit',
  },
  offline: { npm_config_offline: 'true' },
  folders: { npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm') },
  dependencies: [],
  environments,
} satisfies LanguageKnowledge;
