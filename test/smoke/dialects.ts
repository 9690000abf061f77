import { all } from './support/bootstrap.ts';
import { type Change, replace } from './support/project.ts';

/** What the tests of `make test` and `make lint` know about a language. */
export type Dialect = Readonly<{
  /** Separates the words of a test's name. */
  separator: string;
  /** The output if the test of that name passes. */
  passed: (testName: string) => string;
  /** Makes the filter crash and log `kaboom`. */
  crash: Change;
  /** A file, and a change of it that limits every wait to a few seconds. */
  impatience: readonly [path: string, change: Change];
  /** Runs the tests without make. */
  runners: readonly (readonly [string, ...string[]])[];
  /** A file of tests in Envoy that uses almost nothing of the test support. */
  leanTests: string;
  /** Lines that crash the filter, and how `make lint` reports them. */
  crashes: readonly (readonly [line: string, complaint: string])[];
  /** A file, and a change of it that uses in a unit test what the filter must not use. */
  crashInTest: readonly [path: string, change: Change];
  /** Inserts a line into the filter's decisions. */
  insert: (line: string) => Change;
}>;

const rust: Dialect = {
  separator: '_',
  passed: (testName) => `${testName} ... ok`,
  crash: replace('Action::Continue', '{ log::info!("kaboom"); panic!("crash") }'),
  impatience: ['tests/support/mod.rs', replace('from_secs(30)', 'from_secs(3)')],
  runners: [['cargo', 'test', 'adds_the_header']],
  leanTests: 'mod support;\n\n#[test]\nfn starts() {\n    support::Envoy::start();\n}\n',
  crashes: [
    ['assert!(authority.is_some());', 'use of a disallowed macro `std::assert`'],
    ['assert_eq!(authority, None);', 'use of a disallowed macro `std::assert_eq`'],
    ['let _ = &config.greeting[1..];', 'indexing into a string may panic'],
    ['let _ = authority.unwrap_or(b"x")[0];', 'indexing may panic'],
    ['let _ = authority.unwrap();', 'used `unwrap()` on an `Option` value'],
    ['let _ = authority.expect("one");', 'used `expect()` on an `Option` value'],
    ['unreachable!();', 'usage of the `unreachable!` macro'],
    ['todo!();', '`todo` should not be present'],
    ['unimplemented!();', '`unimplemented` should not be present'],
    ['panic!("no");', '`panic` should not be present'],
    ['std::process::exit(1);', 'usage of `process::exit`'],
  ],
  crashInTest: [
    'src/filter.rs',
    replace(
      'fn greets_from_the_authority() {\n',
      `fn greets_from_the_authority() {
        let value = hello(&Config::default(), None);
        assert_eq!(value[0], *value.first().expect("a byte"));
        match value.last().unwrap() {
            b'n' => (),
            other => panic!("{other}"),
        }
`,
    ),
  ],
  insert: (line) =>
    replace(
      '    let authority',
      `    if config.greeting.is_empty() {\n        ${line}\n    }\n    let authority`,
    ),
};

const assemblyscript: Dialect = {
  separator: ' ',
  passed: (testName) => `✔ ${testName} (`,
  crash: all(
    replace('return Action.Continue', 'log(LogLevel.Info, "kaboom"); throw new Error("crash")'),
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
};

export const dialects: Readonly<Record<string, Dialect>> = { rust, assemblyscript };
