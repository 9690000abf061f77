import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/layout.ts';
import { createStyle, hasColor } from '../../src/style.ts';

const terminal = (depth: number) => ({ isTTY: true, columns: 40, getColorDepth: () => depth });
const lines = [
  'Created my-filter: an Envoy HTTP filter in Rust, 21 files.',
  '',
  `  cd '${'long '.repeat(12)}'`,
  '  make test      # unit tests, then the filter inside a real Envoy',
  '  echo hi | curl -sm1 telnet://localhost:8080 # 12345',
];

describe('hasColor', () => {
  it.each([
    [terminal(4), {}, true],
    [terminal(24), {}, true],
    [terminal(1), {}, false],
    [{ isTTY: true }, {}, false],
    [{ getColorDepth: (): number => 24 }, {}, false],
    [{}, {}, false],
    [{}, { FORCE_COLOR: '' }, true],
    [{}, { FORCE_COLOR: '3' }, true],
    [terminal(4), { FORCE_COLOR: '0' }, false],
    [terminal(4), { FORCE_COLOR: 'false' }, false],
    [terminal(1), { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('decides as Node does: %o, %j: %s', (screen, env, expected) => {
    expect(hasColor(screen, env)).toBe(expected);
  });

  it('passes the environment to the terminal, which knows its own rules', () => {
    const screen = { isTTY: true, getColorDepth: (env: object) => ('NO_COLOR' in env ? 1 : 24) };
    expect(hasColor(screen, { NO_COLOR: '1' })).toBe(false);
    expect(hasColor(screen, {})).toBe(true);
  });
});

describe('createStyle', () => {
  it('colours a text, or returns it as it is', () => {
    expect(createStyle(terminal(4), {})('red', 'text')).toBe('\x1b[31mtext\x1b[39m');
    expect(createStyle({}, {})('red', 'text')).toBe('text');
  });
});

describe('layOut', () => {
  it('changes nothing where there is no terminal', () => {
    expect(layOut(lines, { columns: 40 }, {})).toEqual(lines);
  });

  it('wraps sentences and comments to the width of a terminal, but never a command', () => {
    expect(layOut(lines, terminal(1), {})).toEqual([
      'Created my-filter: an Envoy HTTP filter',
      'in Rust, 21 files.',
      '',
      lines[2],
      '  make test      # unit tests, then the',
      '                 # filter inside a real',
      '                 # Envoy',
      lines[4],
    ]);
    expect(layOut(lines, { isTTY: true, columns: 100 }, {})).toEqual(lines);
  });

  it('changes nothing on a terminal that does not know its size', () => {
    expect(layOut(lines, { isTTY: true, columns: 0 }, {})).toEqual(lines);
  });

  it('shows commands and comments in colours of their own', () => {
    expect(layOut([lines[3] ?? ''], { ...terminal(4), columns: 100 }, {})).toEqual([
      '\x1b[36m  make test      \x1b[39m\x1b[2m# unit tests, then the filter inside a real Envoy\x1b[22m',
    ]);
  });
});
