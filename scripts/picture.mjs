// Runs the commands of the README and draws the session as docs/run.svg, an animated terminal. All output is real.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDeployment } from './deployment.mjs';
import { buildTool, ensureEnvoy, ensureLanguages, ensurePackages } from './setup.mjs';

const COLUMNS = 80;
const LINE = 17;
const SECONDS_PER_LINE = 0.12;
const SECONDS_PER_COMMAND = 1.2;
const root = fileURLToPath(new URL('..', import.meta.url));

ensurePackages();
buildTool();
const env = ensureEnvoy(await ensureLanguages(process.env));
const { templates } = await import('./registry.mjs');
const [template] = templates;
const [{ command, answer }] = template.tries;
const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-picture-'));
try {
  mkdirSync(`${root}docs`, { recursive: true });
  writeFileSync(`${root}docs/run.svg`, draw(await record()));
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Creates a filter, deploys it and sends it a request. Returns the commands and their output.
 *
 * @returns {Promise<[command: string, output: string][]>}
 */
async function record() {
  const cwd = join(folder, 'my-filter');
  const created = create(['my-filter', '', '', '']);
  // Built beforehand, to keep the compiler's output out of the picture.
  run('make', ['build'], cwd);
  const deployment = await startDeployment(['make', 'deploy'], { cwd, env, port: 8080, adminPort: 19000 });
  try {
    const printed = run('sh', ['-c', command], cwd);
    const deployed = deployment.output().split('\n');
    return [
      ['npm create envoy-filter@latest', created],
      // Compilers indent their progress.
      ['cd my-filter && make deploy', deployed.filter((line) => /^\S/.test(line)).join('\n')],
      [`${command}    # in another terminal`, printed],
    ];
  } finally {
    await deployment.stop();
  }
}

/**
 * Answers the prompts on a terminal. Returns what it shows in the end.
 *
 * @param {readonly string[]} answers
 */
function create(answers) {
  const questions = ['Name of the filter', 'Language', 'Context type', 'git init'];
  const steps = questions.map((question, index) => [question, `${answers[index]}\r`]);
  const terminal = { ...env, CI: '', TERM: 'xterm' };
  const support = `${root}test/support`;
  const args = [JSON.stringify([COLUMNS, steps]), process.execPath, `${root}dist/bin.cjs`];
  const session = run('python3', [`${support}/terminal.py`, ...args], folder, { env: terminal });
  const { screen } = JSON.parse(session);
  const states = JSON.parse(
    run('python3', [`${support}/screen.py`, `${COLUMNS}`], folder, { input: screen }),
  );
  return states.at(-1).join('\n');
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
function run(command, args, cwd, options) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** @param {[command: string, output: string][]} session */
function draw(session) {
  let time = 0;
  const lines = session.flatMap(([command, output]) => {
    time += SECONDS_PER_COMMAND;
    const shown = { className: 'command', text: `$ ${command}`, time };
    return [
      shown,
      ...output
        .trimEnd()
        .split('\n')
        .map((text) => {
          time += SECONDS_PER_LINE;
          return { className: text.includes(answer) ? 'answer' : 'output', text, time };
        }),
      { className: 'output', text: '', time },
    ];
  });
  const width = 40 + 8.5 * Math.max(...lines.map(({ text }) => text.length));
  const height = 40 + LINE * lines.length;
  const texts = lines.map(({ className, text, time }, index) => {
    const y = 40 + LINE * index;
    return `<text class="${className}" x="20" y="${y}" style="animation-delay:${time.toFixed(1)}s">${escapeXml(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height}" xml:space="preserve" role="img" aria-label="A filter is created, deployed and tried in a terminal">
<style>
rect { fill: #1b1f27; }
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #c9d1d9; white-space: pre; }
.command { fill: #7ee787; }
.answer { fill: #ffd33d; font-weight: bold; }
@media (prefers-reduced-motion: no-preference) {
  text { opacity: 0; animation: show 0.01s forwards; }
  @keyframes show { to { opacity: 1; } }
}
</style>
<rect width="100%" height="100%" rx="8"/>
${texts.join('\n')}
</svg>
`;
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
