import fc from 'fast-check';
import { contexts } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { shells } from '../../src/shells.ts';
import { templates } from '../../src/templates/index.ts';

const ids = [...languages, ...contexts, ...templates, ...shells].map(({ id }) => id);
const oddWords = ['', '-', '.', './a/b', 'My App', 'log', '\x1b[31m', 'ü\u202e', 'x'.repeat(300)];

/** `full` is a directory that is not empty. Words do not leave the current directory, and none is a remote template. */
const word = fc.oneof(
  fc.constantFrom('app', 'full', ...ids, ...oddWords),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\0/\\:]|^--$/g, '')),
);

const option = fc.oneof(
  fc.constantFrom('--yes', '-y', '--dry-run', '--json', '--verbose', '--offline'),
  fc.constantFrom('--list', '-h', '--version', `--completion=${shells[0].id}`),
  fc.constantFrom('--nonsense', '--json=1', '--dry-run=x', '-q', '--lang', '-yV', '---'),
  fc
    .tuple(
      fc.constantFrom('--language', '--context', '--template', '--completion'),
      fc.constantFrom(' ', '='),
      word,
    )
    .map(([name, between, value]) => (between === ' ' ? [name, value] : `${name}=${value}`)),
  fc.tuple(fc.constantFrom('-l', '-c', '-t'), word),
);

const nonsense = fc.array(fc.oneof(option, word), { maxLength: 6 }).map((words) => words.flat());

const own = fc
  .tuple(fc.constantFrom(...languages), fc.constantFrom(...templates))
  .map(([language, template]) => ['-l', language.id, '-t', template.id]);

/** Valid words. `./full` is no template. */
const sense = fc
  .tuple(
    fc.constantFrom('app', 'full', 'x'.repeat(300).concat('/app')),
    fc.oneof({ weight: 4, arbitrary: own }, fc.constant(['-t', './full'])),
    fc.constantFrom([], ['--dry-run']),
  )
  .map(([directory, template, rest]) => [directory, ...template, ...rest]);

const printing = fc.constantFrom(['--list'], ['--completion', shells[0].id]);

/** Command lines with `--json`. Some are valid. */
export const anyArgv: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.oneof(sense, nonsense, printing),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, nonsense),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(word, { maxLength: 2 }).map((words) => ['--', ...words]),
    ),
  )
  .map(([before, after, rest]) => [...before, '--json', ...after, ...rest]);
