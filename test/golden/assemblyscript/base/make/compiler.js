/**
 * Compiles for `make dev`, with the options that follow. It stays in memory: asc itself needs most of its time to start.
 * Each line of the input has the names of changed files. The answer to it is asc's exit status, or the end of this process if
 * only another one can compile the change.
 */
import { createInterface } from "node:readline";
import asc from "assemblyscript/asc";

const options = process.argv.slice(2);

// It becomes fast after a few times.
for (let round = 0; round < 2; round++) await asc.main([...options, "--noEmit"], { stderr: { write() {} } });

for await (const line of createInterface({ input: process.stdin })) {
  // Another asc, or another transform.
  if (/\.(js|json)( |$)/.test(line)) break;
  const { error } = await asc.main(options, { stderr: process.stderr });
  process.stdout.write(error === null ? "0\n" : "1\n");
}
