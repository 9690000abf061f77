import { PassThrough, type Readable } from 'node:stream';

/** A terminal's input, shared by questions that are asked one after the other. */
export type Keyboard = Readonly<{
  /** The stream for prompts to read from. */
  input: Readable;
  /** Passes on input until `question` is answered, and keeps the rest for the next one. */
  during: <T>(question: () => Promise<T>) => Promise<T>;
}>;

type Input = Readable & { setRawMode?: (isRaw: boolean) => unknown };

const [lineFeed, enter] = [0x0a, 0x0d];

/**
 * A prompt that reads the terminal itself consumes everything that has arrived: in a paste, or after typing ahead,
 * it would swallow the answers to the questions that follow.
 */
export function openKeyboard(stdin: Input): Keyboard {
  // readline switches the mode: at the beginning and end of a prompt, and when Ctrl-Z stops the process.
  const setRawMode = (isRaw: boolean) => stdin.setRawMode?.(isRaw);
  const input = Object.assign(new PassThrough(), { setRawMode });
  let waiting = Buffer.alloc(0);
  let isAsking = false;

  /** Passes on input up to the next Enter, then waits a turn: that may have been the answer. */
  const passOn = () => {
    if (!isAsking || waiting.length === 0) return;
    const end = waiting.findIndex((byte) => byte === enter || byte === lineFeed);
    if (end < 0) {
      input.write(waiting);
      waiting = Buffer.alloc(0);
      return;
    }
    const isPair = waiting[end] === enter && waiting[end + 1] === lineFeed;
    input.write(Buffer.concat([waiting.subarray(0, end), Buffer.of(enter)]));
    waiting = waiting.subarray(end + (isPair ? 2 : 1));
    setImmediate(passOn);
  };
  // readline pauses its input after Ctrl-Z, and would not read on after `fg`.
  input.on('pause', () => {
    if (isAsking) input.resume();
  });
  stdin.on('data', (chunk: Buffer | string) => {
    waiting = Buffer.concat([waiting, Buffer.from(chunk)]);
    passOn();
  });

  const during = async <T>(question: () => Promise<T>): Promise<T> => {
    stdin.resume();
    isAsking = true;
    try {
      const answer = question();
      passOn();
      return await answer;
    } finally {
      isAsking = false;
      stdin.pause();
    }
  };
  return { input, during };
}
