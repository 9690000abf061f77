import { all, replace } from '../../support/project.ts';
import type { HelloKnowledge } from '../../templates/hello/knowledge.ts';

export default {
  dialect: {
    separator: ' ',
    passed: (testName) => `✔ ${testName} (`,
    crash: all(
      replace('return Action.Continue', 'log(LogLevel.Info, "kaboom"); throw new Error("crash")'),
      replace('import { hello }', 'import { LogLevel, log } from "./envoy/log";\nimport { hello }'),
    ),
    logDebug: all(
      replace('return Action.Continue', 'log(LogLevel.Debug, "seen"); return Action.Continue'),
      replace('import { hello }', 'import { LogLevel, log } from "./envoy/log";\nimport { hello }'),
    ),
    impatience: ['test/support/envoy.js', replace('PATIENCE = 30_000', 'PATIENCE = 1_000')],
    runners: [
      ['node', '--test', 'test/envoy.test.js'],
      ['node', '--test', 'test/filter.test.js'],
    ],
    leanTests:
      'import { startEnvoy, test } from "./support/envoy.js";\n\ntest("starts", async (t) => {\n  await startEnvoy(t);\n});\n',
    crashes: [
      ['assert(authority !== null);', 'Do not use the global variable assert.'],
      ['unreachable();', 'Do not use the global variable unreachable.'],
      ['if (new RegExp("a").test("b")) return encodeUtf8("");', 'Do not use the global variable RegExp.'],
      ['console.log("x");', 'Do not use the global variable console.'],
      ['trace("x");', 'Do not use the global variable trace.'],
      ['if (authority!.length === 0) return encodeUtf8("");', 'Forbidden non-null assertion.'],
    ],
    crashInTest: [
      'test/filter.test.js',
      replace('const CONFIG', 'if (hello === undefined) console.log(/a+/.test("b"));\n\nconst CONFIG'),
    ],
    insert: (line) => replace('  return', `  ${line}\n  return`),
  },
} satisfies HelloKnowledge;
