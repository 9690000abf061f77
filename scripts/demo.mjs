// Creates every kind of filter in every language, deploys it and tries what it says to try, as a user would.
// Targets that are named are made first: npm run demo -- lint build check test
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deploy } from './deployment.mjs';
import { buildTool, contexts, findEnvoy, findRust, installPackages, languages } from './setup.mjs';

installPackages();
buildTool();
const env = findEnvoy(findRust(process.env));

const targets = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-demo-'));
try {
  for (const language of languages) {
    for (const context of contexts) await show(language, context);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Creates, deploys and tries a filter; throws if it does not greet. */
async function show(language, context) {
  const name = `${context}-${language}`;
  const bin = fileURLToPath(new URL('../dist/bin.cjs', import.meta.url));
  const args = [name, '--language', language, '--context', context];
  console.log(`\n$ npm create envoy-filter@latest -- ${args.join(' ')}`);
  run('node', [bin, ...args], folder);
  if (targets.length > 0) run('make', targets, join(folder, name));
  const deployment = await deploy({ cwd: join(folder, name), env });
  try {
    console.log(`\n$ ${deployment.command.join(' ')}\n${deployment.output().trim()}`);
    const [, command = 'false'] = deployment.output().match(/^Try it: (.*)$/m) ?? [];
    // With no regard to the status: curl does not end a TCP connection by itself, it times out.
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    console.log(`\n$ ${command}\n${stdout.trim()}`);
    if (!/Hello (world|again) from /.test(stdout)) throw new Error('there is no greeting in the answer');
  } finally {
    await deployment.stop();
  }
}

/** Runs a command, all of whose output is to be seen; throws if it fails. */
function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} has failed with status ${status}`);
}
