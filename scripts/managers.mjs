// Installs the package managers that tests run this tool with.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { root, run } from './command.mjs';

/** Where they are, each in `node_modules/<name in test/managers/package.json>`. */
export const managersFolder = `${root}node_modules/.cache/managers`;

/** Installs the package managers of test/managers/package.json, unless they are installed. */
export function ensureManagers() {
  const manifest = `${root}test/managers/package.json`;
  const installed = `${managersFolder}/package.json`;
  const isFresh =
    existsSync(`${managersFolder}/node_modules/.package-lock.json`) &&
    readFileSync(installed, 'utf8') === readFileSync(manifest, 'utf8');
  if (isFresh) return;
  rmSync(managersFolder, { recursive: true, force: true });
  mkdirSync(managersFolder, { recursive: true });
  cpSync(manifest, installed);
  const what = 'Installing npm, pnpm, Yarn and Bun as test/managers/package.json says';
  // Without scripts: those of Bun and pnpm only move their programs.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', '--prefix', managersFolder, ...options], what);
}
