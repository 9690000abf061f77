import { replace } from '../../support/project.ts';
import type { HelloKnowledge } from '../../templates/hello/knowledge.ts';

export default {
  dialect: {
    separator: '_',
    passed: (testName) => `${testName} ... ok`,
    crash: replace('Action::Continue', '{ log::info!("kaboom"); panic!("crash") }'),
    logDebug: replace('Action::Continue', '{ log::debug!("seen"); Action::Continue }'),
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
  },
} satisfies HelloKnowledge;
