import { type Change, replace } from './project.ts';

/** What the tests of testing and linting have to know of a language. */
export type Dialect = Readonly<{
  /** What stands between the words of a test's name. */
  separator: string;
  /** Gives what is printed where the test of that name has passed. */
  passed: (testName: string) => string;
  /** Makes the filter crash, and log `kaboom`. */
  crash: Change;
  /** A file, and a change of it after which nothing waits for more than a few seconds. */
  impatience: readonly [path: string, change: Change];
  /** What runs tests without make. */
  runners: readonly (readonly [string, ...string[]])[];
  /** A file of tests in Envoy that uses next to nothing of the support. */
  leanTests: string;
  /** Lines that crash the filter, and what the lint says of them. */
  crashes: readonly (readonly [line: string, complaint: string])[];
  /** A file, and a change of it by which a unit test has what the filter may not. */
  crashInTest: readonly [path: string, change: Change];
  /** Puts a line into what the filter decides. */
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
  crash: replace('return Action.Continue', 'log(LogLevel.Info, "kaboom"); throw new Error("crash")'),
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
