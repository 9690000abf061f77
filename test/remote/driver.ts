// Fetches a template in a process of its own and prints what came of it. See fetch.ts.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CliError } from '../../src/errors.ts';
import { fetchTemplate } from '../../src/remote/fetch.ts';
import { parseSource } from '../../src/remote/source.ts';

const [source = '', ...flags] = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

if (flags.includes('--impatient')) {
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (milliseconds) => timeout(milliseconds / 100);
}

run().then(
  (result) => process.stdout.write(JSON.stringify(result)),
  (error) => {
    process.stdout.write(JSON.stringify({ error: describe(error) }));
    process.stderr.write(inspect(error));
    process.exitCode = error instanceof CliError ? error.exitCode : 99;
  },
);

async function run() {
  const options = { offline: flags.includes('--offline'), signal: stop.signal, env: process.env };
  const { folder, commit, remove } = await fetchTemplate(parseSource(source, process.cwd()), options);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const files = paths
    .map((path) => [path, join(folder, path)] as const)
    .filter(([, path]) => statSync(path).isFile());
  const contents = files.map(([path, file]) => [path, readFileSync(file, 'latin1')]);
  const executable = files.filter(([, file]) => statSync(file).mode & 0o100).map(([path]) => path);
  await remove();
  return { commit, files: Object.fromEntries(contents), executable };
}

function describe(error: unknown): string {
  if (error === stop.signal.reason) return 'cancelled';
  if (!(error instanceof CliError)) return `no error of ours: ${inspect(error)}`;
  return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
}
