import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, readText } from '../support/generate.ts';

const { tree } = generate();
const names = ['make/explain.awk', 'make/explain.sh', 'make/explanations.txt'];
/** The patterns, each with its hint in a language's projects. */
function readEntries(language: string): (readonly [pattern: string, hint: string])[] {
  return readText(tree, 'make/explanations.txt')
    .split('\n\n')
    .flatMap((block) => {
      const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const parts = lines
        .filter(
          (line) =>
            line.startsWith('  ') &&
            !(/^ {2}(Rust|AssemblyScript): /.test(line) && !line.startsWith(`  ${language}: `)),
        )
        .map((line) => line.trim().replace(`${language}: `, ''))
        .map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)));
      return lines
        .filter((line) => !line.startsWith(' '))
        .map((pattern) => [pattern, parts.join('. ')] as const);
    });
}
const entries = readEntries('Rust');

let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'create-envoy-filter-explanations-'));
  await mkdir(join(project, 'make'));
  for (const name of names) await writeFile(join(project, name), readText(tree, name));
  await mkdir(join(project, 'rust'));
  await writeFile(join(project, 'rust/Cargo.toml'), '[package]\nname = "my-filter"\n');
  await symlink('../make', join(project, 'rust/make'));
});
afterAll(() => rm(project, { recursive: true }));

/** The awks of this machine. `awk` is one of the others. */
const awks = ['mawk', 'gawk', 'original-awk', 'busybox awk'].filter((awk) => {
  const { status } = spawnSync('sh', ['-c', `command -v ${awk}`]);
  return status === 0;
});

function explain(log: string, awk = 'awk', folder = 'rust'): string {
  return execFileSync('sh', ['-c', `LC_ALL=C ${awk} -f make/explain.awk`], {
    cwd: join(project, folder),
    input: log,
    encoding: 'utf8',
  });
}

function fillIn(pattern: string): string {
  return pattern.replaceAll(/<[a-z]+>/g, 'x');
}

/** The log with the hints that are added to it taken out. */
function removeHints(log: string): string {
  return log.replaceAll(/^hint: .*\n/gm, '');
}

describe.each(awks.length === 0 ? ['awk'] : awks)('%s', (awk) => {
  it('passes every line on, whatever it is', () => {
    const word = fc.constantFrom(
      'Function: ',
      ' failed: ',
      '  0:  0x1 - ',
      '_RNvC',
      '<',
      '>',
      '\\',
      '&',
      '12:00:01 error ',
    );
    const known = fc.constantFrom(...entries.map(([pattern]) => fillIn(pattern)));
    const other = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\n\0\ud800-\udfff]/g, ''));
    const line = fc.array(fc.oneof(word, known, other), { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const log = lines
          .filter((text) => !text.startsWith('hint: '))
          .map((text) => `${text}\n`)
          .join('');
        expect(removeHints(explain(log, awk))).toBe(log);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['Rust', 'rust'],
    ['AssemblyScript', '.'],
  ])('has a hint for each pattern in %s, and gives it once', (language, folder) => {
    expect(entries.length).toBeGreaterThan(40);
    for (const [pattern, text] of readEntries(language)) {
      const [line, hint] = [pattern.replace(/^\.{3} /, ''), text.replace('<place>', '')].map(fillIn);
      const hints = explain(`12:00:01 error ${line}\nother\n12:00:02 error ${line}\n`, awk, folder).match(
        /^hint: .*/gm,
      );
      expect(hints, pattern).toEqual([`hint: ${hint}`]);
    }
  });
});

it('passes a line on at once, before the log ends', async () => {
  const filter = spawn('sh', ['make/explain.sh'], { cwd: project });
  filter.stdin.write("cannot bind '127.0.0.1:80': Address already in use\n");
  let output = '';
  while (!output.includes('hint: ')) output += await once(filter.stdout, 'data');
  expect(filter.exitCode).toBeNull();
  filter.stdin.end();
  expect(await once(filter, 'exit')).toEqual([0, null]);
});

it.each([
  ['_RNvNtCs3d5mWCb6NSb_9my_filter6filter5hello', 'your function `filter::hello`'],
  ['_RNCNCNvNtCs3d5mWCb6NSb_9my_filter6filter5hello00B7_', 'your function `filter::hello`'],
  ['_RINvNtCs3d5mWCb6NSb_9my_filter6filter5parseNtB4_6ConfigE', 'your function `filter::parse`'],
  ['_RNvXNtCs3d5mWCb6NSb_9my_filter6filterNtB2_4DeepNtB2_3Chk5check', 'your function `Deep::check`'],
  ['_RNvMs_NtCs3d5mWCb6NSb_9my_filter6filterNtB4_4Deep5check', 'your function `Deep::check`'],
  [
    '_RNvXs1_Cs3d5mWCb6NSb_9my_filterNtB5_6FilterNtNtCsk6U30AsXbey_10proxy_wasm6traits11HttpContext23on_http_request_headers',
    'your function `Filter::on_http_request_headers`',
  ],
  ['my_filter::filter::hello::h12cff35fae9a182e', 'your function `filter::hello`'],
  [
    'my_filter::filter::hello::_$u7b$$u7b$closure$u7d$$u7d$::h12cff35fae9a182e',
    'your function `filter::hello`',
  ],
  [
    '_$LT$my_filter..Filter$u20$as$u20$proxy_wasm..traits..HttpContext$GT$::on_http_request_headers::h5911ff29ae8534d0',
    'your function `Filter::on_http_request_headers`',
  ],
  ['assembly/filter/hello', 'your function `hello`, assembly/filter.ts'],
  [
    'assembly/index/Filter#onRequestHeaders@override',
    'your function `Filter.onRequestHeaders`, assembly/index.ts',
  ],
  ['start:assembly/filter', 'the top level of assembly/filter.ts'],
])('points at the own function %s', (frame, name) => {
  const others = [
    'abort',
    '_RNvNtCs4FeGRwF264R_4core9panicking5panic',
    '~lib/array/Array<i32>#__get',
    'assembly/envoy/headers/encodeHeaders',
    'serde::de::x::h12',
  ];
  const trace = [...others, frame, 'proxy_on_request_headers'].map((other, i) => `  ${i}:  0x1 - ${other}\n`);
  const log = explain(
    `Function: proxy_on_tick failed: Uncaught RuntimeError: unreachable\n${trace.join('')}`,
  );
  const [, pointer = ''] = log.split(`- ${frame}\n`);
  expect(pointer).toContain(`hint: the crash is in ${name}`);
  expect(log.match(/^hint: the crash is in/gm)).toHaveLength(1);
  expect(pointer).toMatch(/`[^:`]+(::[^:`]+)?`(, assembly\/\w+\.ts)?\n|top level/);
});

// What the smoke tests do not provoke, as Envoy 1.37 and 1.40 have logged it.
it.each([
  [
    'cannot call wasm-bindgen imported functions on non-wasm targets',
    'a crate calls JavaScript through wasm-bindgen',
  ],
  [
    'create_http_context returned None',
    'fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>>',
  ],
  ['create_stream_context returned None', '-> Option<Box<dyn StreamContext>>'],
  [
    '13:38:24 critical wasm log a a a: the root context creates no HttpContext for a request at assembly/envoy/exports/http.ts:40',
    'has to return a class that extends HttpContext',
  ],
  [
    '13:37:50 critical wasm log a a: index.ts calls no setRootContext at assembly/envoy/context.ts:77',
    'setRootContext((id: u32) => new FilterRoot(id));',
  ],
  [
    '13:40:00 error Function: proxy_on_downstream_data failed: Uncaught RuntimeError: unreachable',
    'the filter crashed. ',
  ],
  [
    '13:40:00 error Function: proxy_on_request_headers failed: Uncaught RangeError: Maximum call stack size exceeded',
    'a function called itself again and again',
  ],
])('explains: %s', (line, hint) => {
  expect(explain(`${line}\n`)).toMatch(/\nhint: .*\n$/);
  expect(explain(`${line}\n`)).toContain(hint);
});
