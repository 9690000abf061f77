import { PassThrough, type Readable } from 'node:stream';

/** What is typed on a terminal, for one question after the other. */
export type Keyboard = Readonly<{
  /** What a question reads from. */
  input: Readable;
  /** Lets somebody read until `question` has its answer; what is typed after that is for the next one. */
  during: <T>(question: () => Promise<T>) => Promise<T>;
}>;

type Input = Readable & { setRawMode?: (isRaw: boolean) => unknown };

const [lineFeed, enter] = [0x0a, 0x0d];

/**
 * Takes the terminal's input; gives its keyboard. A question that is read from the terminal itself would take all
 * that has come at once, and with it the answers to those that follow: of a paste, or of what is typed ahead.
 */
export function openKeyboard(stdin: Input): Keyboard {
  // For readline, which sets the mode when it begins and ends, and around a stop by Ctrl-Z.
  const setRawMode = (isRaw: boolean) => stdin.setRawMode?.(isRaw);
  const input = Object.assign(new PassThrough(), { setRawMode });
  let waiting = Buffer.alloc(0);
  let isAsking = false;

  /** Hands on as much as can be an answer, and then waits for what the question makes of it. */
  const handOn = () => {
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
    setImmediate(handOn);
  };
  // After a stop readline leaves it to others to go on.
  input.on('pause', () => {
    if (isAsking) input.resume();
  });
  stdin.on('data', (chunk: Buffer | string) => {
    waiting = Buffer.concat([waiting, Buffer.from(chunk)]);
    handOn();
  });

  const during = async <T>(question: () => Promise<T>): Promise<T> => {
    stdin.resume();
    isAsking = true;
    try {
      const answer = question();
      handOn();
      return await answer;
    } finally {
      isAsking = false;
      stdin.pause();
    }
  };
  return { input, during };
}
