// Creates each template in each language, deploys it and runs the command that it suggests, as a user would.
// To make targets before that: npm run demo -- lint build check test
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deploy } from './deployment.mjs';
import { buildTool, ensureEnvoy, ensureLanguages, ensurePackages } from './setup.mjs';

ensurePackages();
buildTool();
const env = ensureEnvoy(await ensureLanguages(process.env));
const { languages, templates } = await import('./registry.mjs');

const targets = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-demo-'));
try {
  for (const language of languages) {
    for (const template of templates) await show(language, template);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Creates, deploys and tries a filter. Throws if it does not answer as the template says.
 *
 * @param {typeof languages[number]} language
 * @param {typeof templates[number]} template
 */
async function show(language, template) {
  const name = `${template.id}-${language.id}`;
  const bin = fileURLToPath(new URL('../dist/bin.cjs', import.meta.url));
  const args = [name, '--language', language.id, '--template', template.id];
  console.log(`\n$ npm create envoy-filter@latest -- ${args.join(' ')}`);
  run('node', [bin, ...args], folder);
  if (targets.length > 0) run('make', targets, join(folder, name));
  const deployment = await deploy({ cwd: join(folder, name), env });
  try {
    console.log(`\n$ ${deployment.command.join(' ')}\n${deployment.output().trim()}`);
    const commands = [...deployment.output().matchAll(/^Try it: (.*)$/gm)].map(([, command = '']) => command);
    if (commands.length !== template.tries.length) throw new Error(`${commands.length} things to try`);
    for (const [index, { answer }] of template.tries.entries()) tryOut(commands[index] ?? '', answer);
  } finally {
    await deployment.stop();
  }
}

/**
 * Runs a command of the user's and shows its output. Throws if the answer is missing there.
 *
 * @param {string} command
 * @param {string} answer
 */
function tryOut(command, answer) {
  // The exit status does not count: curl does not end a TCP connection by itself, it times out.
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  console.log(`\n$ ${command}\n${stdout.trim()}`);
  if (!stdout.includes(answer)) throw new Error(`"${answer}" is missing in the answer`);
}

/**
 * Runs a command and shows its output. Throws if it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed with status ${status}`);
}
