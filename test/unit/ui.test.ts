import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openKeyboard } from '../../src/keyboard.ts';
import { languages } from '../../src/languages/index.ts';
import { createPrompter } from '../../src/ui.ts';

const [first, second] = languages;
const keys = { enter: '\r', down: '\x1b[B', escape: '\x1b', controlC: '\x03', controlD: '\x04' };

/** A terminal without a screen. */
function open(input: object = {}) {
  const stdin = Object.assign(new PassThrough(), input);
  const stdout = new PassThrough();
  const stop = new AbortController();
  const prompter = createPrompter({ stdin, stdout, env: {}, signal: stop.signal });
  return { stdin, stdout, stop, prompter, screen: () => String(stdout.read() ?? '') };
}

const isFine = () => undefined;
const refuseFull = (text: string) =>
  text === 'full' ? { message: 'it is not empty', offer: 'full-2' } : undefined;

describe('a prompter', () => {
  it('returns the typed text', async () => {
    const { stdin, prompter } = open();
    const answer = prompter.ask('Name', 'my-envoy-filter', isFine);
    stdin.write(`my-filter${keys.enter}`);
    expect(await answer).toBe('my-filter');
  });

  it('shows the default, and returns it for an empty answer', async () => {
    const { stdin, prompter, screen } = open();
    const checked: string[] = [];
    const answer = prompter.ask('Name', 'my-envoy-filter', (text) => void checked.push(text));
    stdin.write(keys.enter);
    expect(await answer).toBe('my-envoy-filter');
    expect(checked).toEqual(['my-envoy-filter']);
    expect(screen()).toMatch(/Name.*y-envoy-filter/s);
  });

  it('shows what is wrong with an answer, and asks again', async () => {
    const { stdin, prompter, screen } = open();
    const answer = prompter.ask('Name', 'my-envoy-filter', refuseFull);
    stdin.write(`full${keys.enter}`);
    await expect.poll(screen).toContain('it is not empty');
    stdin.write(`other${keys.enter}`);
    expect(await answer).toBe('other');
  });

  it('offers a better answer, and returns it for an empty one', async () => {
    const { stdin, prompter, screen } = open();
    const answer = prompter.ask('Name', 'my-envoy-filter', refuseFull);
    stdin.write(`full${keys.enter}`);
    await expect.poll(screen).toMatch(/it is not empty.*full-2/s);
    stdin.write(keys.enter);
    expect(await answer).toBe('full-2');
  });

  it('returns the selected choice', async () => {
    const { stdin, prompter, screen } = open();
    const answer = prompter.choose('Language', languages);
    stdin.write(keys.down + keys.enter);
    expect(await answer).toBe(second);
    expect(screen()).toContain(first.label);
  });

  it('shows the hint of every choice', async () => {
    const { stdin, prompter, screen } = open();
    const answer = prompter.choose('Language', languages);
    await expect.poll(screen).toMatch(new RegExp(languages.map(({ hint }) => hint).join('.*'), 's'));
    stdin.write(keys.enter);
    await answer;
  });

  it.each([
    [keys.enter, true],
    ['y', true],
    ['n', false],
    [`${keys.down}${keys.enter}`, false],
  ])('asks for yes or no: %j means %s', async (typed, expected) => {
    const { stdin, prompter } = open();
    const answer = prompter.confirm('Really?');
    stdin.write(typed);
    expect(await answer).toBe(expected);
  });

  it('offers the first choice first', async () => {
    const { stdin, prompter } = open();
    const answer = prompter.choose('Language', languages);
    stdin.write(keys.enter);
    expect(await answer).toBe(first);
  });
});

describe('what is typed at once', () => {
  it.each([
    ['Enter', '\r'],
    ['a line feed', '\n'],
    ['both', '\r\n'],
  ])('answers one question after the other, each by %s', async (_what, end) => {
    const { stdin, prompter } = open();
    stdin.write(`first${end}second${end}${keys.down}${end}`);
    expect(await prompter.ask('Name', 'default', isFine)).toBe('first');
    expect(await prompter.ask('Name', 'default', isFine)).toBe('second');
    expect(await prompter.choose('Language', languages)).toBe(second);
  });

  it('may arrive between prompts, and in pieces', async () => {
    const { stdin, prompter } = open();
    const name = prompter.ask('Name', 'default', isFine);
    stdin.write(`first${keys.enter}se`);
    expect(await name).toBe('first');
    const umlaut = Buffer.from('ü');
    stdin.write(umlaut.subarray(0, 1));
    const other = prompter.ask('Name', 'default', isFine);
    stdin.write(Buffer.concat([umlaut.subarray(1), Buffer.from(keys.enter)]));
    expect(await other).toBe('seü');
  });

  it('goes to the same prompt again after an invalid answer', async () => {
    const { stdin, prompter } = open();
    stdin.write(`full${keys.enter}other${keys.enter}`);
    expect(await prompter.ask('Name', 'default', refuseFull)).toBe('other');
  });
});

describe('a terminal', () => {
  it.each(['stdin', 'stdout'] as const)('that is gone calls off: its %s fails', async (name) => {
    const terminal = open();
    const answer = terminal.prompter.ask('Name', 'default', isFine);
    terminal[name].destroy(new Error('EIO'));
    await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  });

  it('is read on when readline pauses it, as it does after Ctrl-Z', async () => {
    const stdin = new PassThrough();
    const { input, during } = openKeyboard(stdin);
    const answer = during(() =>
      once(
        input.on('data', () => {}),
        'data',
      ),
    );
    input.pause();
    stdin.write('x');
    expect(String(await answer)).toBe('x');
  });

  it('is in raw mode only while it prompts', async () => {
    const modes: boolean[] = [];
    const { stdin, prompter } = open({ setRawMode: (isRaw: boolean) => void modes.push(isRaw) });
    const answer = prompter.ask('Name', 'default', isFine);
    expect(modes).toEqual([true]);
    stdin.write(keys.enter);
    await answer;
    expect(modes).toEqual([true, false]);
    expect(stdin.isPaused()).toBe(true);
  });
});

describe.each([
  ['a text', ({ prompter }: ReturnType<typeof open>) => prompter.ask('Name', 'my-envoy-filter', isFine)],
  ['a choice', ({ prompter }: ReturnType<typeof open>) => prompter.choose('Language', languages)],
  ['yes or no', ({ prompter }: ReturnType<typeof open>) => prompter.confirm('Really?')],
])('asking for %s', (_what, ask) => {
  it.each([
    ['Ctrl-C', ({ stdin }: ReturnType<typeof open>) => stdin.write(keys.controlC)],
    ['Escape', ({ stdin }: ReturnType<typeof open>) => stdin.write(keys.escape)],
    ['the end of the input', ({ stdin }: ReturnType<typeof open>) => stdin.end()],
    ['Ctrl-D', ({ stdin }: ReturnType<typeof open>) => stdin.write(keys.controlD)],
    ['an input that closes', ({ stdin }: ReturnType<typeof open>) => stdin.destroy()],
    ['a signal', ({ stop }: ReturnType<typeof open>) => stop.abort()],
  ])('is cancelled by %s', async (_how, callOff) => {
    const terminal = open();
    const answer = ask(terminal);
    callOff(terminal);
    await expect(answer).rejects.toMatchObject({ exitCode: 130, message: 'cancelled; nothing was written' });
  });

  it('is cancelled if the input has already ended', async () => {
    const terminal = open();
    terminal.stdin.end().resume();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(ask(terminal)).rejects.toMatchObject({ exitCode: 130 });
  });
});
