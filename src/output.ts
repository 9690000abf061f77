import { fstatSync, writeSync } from 'node:fs';
import type { Screen } from './style.ts';

/** Where a run prints: what it uses of a stream. */
export type Output = Screen & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  write(text: string | Uint8Array, callback?: (error?: Error | null) => void): unknown;
};

/**
 * An output that writes to a file or pipe at once. Node takes longer to open a stream for one than for all the rest of
 * `--help`. Only anything else, such as a terminal, and a pipe that must be waited for get the stream.
 */
export function openOutput(fd: number, openStream: () => Output): Output {
  if (!isWrittenAtOnce(fd)) return openStream();
  return {
    on: () => {},
    write(text, callback = () => {}) {
      let rest = Buffer.from(text);
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
        callback();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return callback(error as Error);
        const stream = openStream();
        stream.on('error', callback);
        stream.write(rest, callback);
      }
    },
  };
}

/** Not on Windows: its pipes may be opened for asynchronous use only. */
function isWrittenAtOnce(fd: number): boolean {
  const stats = fstatSync(fd);
  return process.platform !== 'win32' && (stats.isFile() || stats.isFIFO());
}
