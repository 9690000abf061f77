// Packs and installs the tools to compare.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../command.mjs';

/**
 * @typedef {object} Installation
 * @property {string} bin the path of the command's file
 * @property {readonly import('./registry.mjs').Tarball[]} tarballs of all packages
 * @property {number} download the size of the tarballs in bytes
 * @property {number} installed the size of the files in bytes
 * @property {number} withScripts how many packages have install scripts
 */

/**
 * Installs a package into a folder.
 *
 * @param {string} name
 * @param {string} source what npm can pack and install: a version of the package, or the path of its folder
 * @param {string} folder
 * @returns {Installation}
 */
export function install(name, source, folder) {
  mkdirSync(folder);
  const main = pack(source, folder);
  runQuietly('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', main.path], folder);
  const { packages } = readJson(join(folder, 'package-lock.json'));
  const paths = Object.keys(packages).filter((path) => path !== '');
  const manifests = paths.map((path) => readJson(join(folder, path, 'package.json')));
  const packed = manifests.map((manifest) => ({
    manifest,
    ...(manifest.name === name ? main : pack(`${manifest.name}@${manifest.version}`, folder)),
  }));
  const { bin } = manifests.find((manifest) => manifest.name === name);
  return {
    bin: resolve(folder, 'node_modules', name, typeof bin === 'string' ? bin : bin[name]),
    tarballs: packed,
    download: packed.reduce((total, { size }) => total + size, 0),
    installed: packed.reduce((total, { unpackedSize }) => total + unpackedSize, 0),
    withScripts: paths.filter((path) => packages[path].hasInstallScript).length,
  };
}

/**
 * @param {string} source
 * @param {string} folder
 */
function pack(source, folder) {
  const args = ['pack', source, '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename, size, unpackedSize, integrity }] = JSON.parse(runQuietly('npm', args, folder));
  return { path: join(folder, filename), size, unpackedSize, integrity };
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * Runs a command and returns what it prints. Throws with its output if it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 */
export function runQuietly(command, args, cwd = root, env = process.env) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}
