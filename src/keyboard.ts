import { PassThrough, type Readable } from 'node:stream';

/** A terminal's input, shared by consecutive prompts. */
export type Keyboard = Readonly<{
  /** The stream for prompts to read from. */
  input: Readable;
  /** Passes on input until `question` is answered, and keeps the rest for the next question. */
  during: <T>(question: () => Promise<T>) => Promise<T>;
}>;

type Input = Readable & { setRawMode?: (isRaw: boolean) => unknown };

const [lineFeed, enter] = [0x0a, 0x0d];

/**
 * Reads the terminal on behalf of the prompts. A prompt that read it directly would consume all input that has arrived,
 * including the answers to later questions in a paste or typed ahead.
 */
export function openKeyboard(stdin: Input): Keyboard {
  // readline sets the mode when a prompt begins and ends, and when Ctrl-Z stops the process.
  const setRawMode = (isRaw: boolean) => stdin.setRawMode?.(isRaw);
  const input = Object.assign(new PassThrough(), { setRawMode });
  let waiting = Buffer.alloc(0);
  let isAsking = false;

  /** Passes on input up to the next Enter, then waits a turn of the event loop: it may have been the answer. */
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
  // readline pauses its input on Ctrl-Z, and does not resume it after `fg`.
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
