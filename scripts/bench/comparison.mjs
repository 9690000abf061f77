// Compares this tool with others.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { compare, takeTurns } from './clock.mjs';
import { install } from './installation.mjs';
import { startRegistry } from './registry.mjs';
import { describeOurs, rivals } from './tools.mjs';

/**
 * @typedef {import('./tools.mjs').Tool & import('./installation.mjs').Installation} InstalledTool
 *
 * @typedef {InstalledTool & Speed} ComparedTool
 *
 * @typedef {object} Speed
 * @property {number} help the CPU time of `--help` as a multiple of `node -e 0`
 * @property {readonly number[]} times the CPU time of each generation as a multiple of the yardstick's
 * @property {number} firstUse the time of the first `npm exec … --help` as a multiple of the yardstick's
 */

const yardstick = 'create-vite';

/**
 * Installs and measures the tools.
 *
 * @param {string} folder
 */
export async function compareTools(folder) {
  console.log('· Installing create-envoy-filter and the tools to compare it with into a temporary folder');
  const ours = installTool(describeOurs(), root, folder);
  const others = rivals.map((tool) => installTool(tool, `${tool.name}@${tool.version}`, folder));
  console.log('· Measuring the time that they take, in turns');
  // In memory, if possible: what writing a file costs depends on what else the disk is doing.
  const memory = '/dev/shm';
  const cwd = mkdtempSync(join(existsSync(memory) ? memory : folder, 'create-envoy-filter-bench-'));
  try {
    const measure = await measureTools([ours, ...others], cwd);
    return { ours: measure(ours), rivals: others.map(measure) };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/**
 * @param {import('./tools.mjs').Tool} tool
 * @param {string} source
 * @param {string} folder
 * @returns {InstalledTool}
 */
function installTool(tool, source, folder) {
  return { ...tool, ...install(tool.name, source, join(folder, tool.name)) };
}

/**
 * Returns a function that adds its speed to a tool.
 *
 * @param {readonly InstalledTool[]} tools
 * @param {string} folder
 */
async function measureTools(tools, folder) {
  const env = isolate(process.env, folder);
  const bare = 'node -e 0';
  /** @param {InstalledTool} tool */
  const help = ({ bin }) => `node ${bin} --help`;
  const helped = await takeTurns('cpu', [bare, ...tools.map(help)], { turns: 31, cwd: folder, env });
  /** @param {InstalledTool} tool */
  const generate = ({ bin, generations }) => generations.map(({ args }) => `node ${bin} ${args}`);
  const generated = await takeTurns('cpu', tools.flatMap(generate), { turns: 31, cwd: folder, env });
  const used = await measureFirstUse(tools, folder, env);
  const base = tools.find(({ name }) => name === yardstick);
  if (base === undefined) throw new Error(`${yardstick} is not among the tools`);
  /**
   * @param {InstalledTool} tool
   * @returns {ComparedTool}
   */
  return (tool) => ({
    ...tool,
    help: compare(helped, help(tool), bare),
    times: generate(tool).map((command) => compare(generated, command, generate(base)[0] ?? '')),
    firstUse: compare(used, firstUse(tool), firstUse(base)),
  });
}

/** @param {InstalledTool} tool */
function firstUse({ name, version }) {
  return `npm exec --yes -- ${name}@${version} --help`;
}

/**
 * Measures the first use of each tool, from a registry on this machine and with an empty cache.
 *
 * @param {readonly InstalledTool[]} tools
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function measureFirstUse(tools, folder, env) {
  const registry = await startRegistry(tools.flatMap(({ tarballs }) => tarballs));
  const settings = { npm_config_registry: registry.url, npm_config_cache: join(folder, 'cache') };
  try {
    return await takeTurns('wall', tools.map(firstUse), {
      turns: 9,
      cwd: folder,
      env: { ...env, ...settings },
    });
  } finally {
    registry.stop();
  }
}

/**
 * An environment in which the tools neither ask nor save preferences in the user's folders, and Node starts as usual:
 * with NODE_EXTRA_CA_CERTS, it would first read certificates.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 */
function isolate(env, folder) {
  const own = Object.entries(env).filter(([name]) => !/^(npm|node)_/i.test(name));
  return { ...Object.fromEntries(own), CI: 'true', HOME: folder, XDG_CONFIG_HOME: folder };
}
