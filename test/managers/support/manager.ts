import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { managersFolder } from '../../../scripts/managers.mjs';
import { type Outcome, tryToRun } from '../../support/command.ts';

const installed = join(managersFolder, 'node_modules');

/** Node.js of this process, and one that every package manager runs on. */
const [node, newNode] = [process.execPath, findNewNode()];

/** Each package manager's file, and the Node.js that runs it, if it is no program itself. */
const managers = {
  'npm-10': ['npm-10/bin/npm-cli.js', node],
  'npm-11': ['npm-11/bin/npm-cli.js', node],
  'npm-12': ['npm-12/bin/npm-cli.js', newNode],
  'pnpm-9': ['pnpm-9/bin/pnpm.cjs', node],
  'pnpm-10': ['pnpm-10/bin/pnpm.cjs', node],
  'pnpm-11': ['pnpm-11/bin/pnpm.mjs', newNode],
  'pnpm-12': [`${findFolder('@pnpm/')}/pnpm`],
  'yarn-1': ['yarn-1/bin/yarn.js', node],
  'yarn-4': ['yarn-4/bin/yarn.js', node],
  'bun-1': [`${findFolder('@oven/')}/bin/bun`],
} as const satisfies Record<string, readonly [file: string, node?: string]>;

export type ManagerName = keyof typeof managers;

export const managerNames = Object.keys(managers) as ManagerName[];

function findNewNode(): string {
  const [folder] = readdirSync(installed).filter((name) => name.startsWith('node-'));
  return folder === undefined ? process.execPath : join(installed, folder, 'bin/node');
}

/** npm installs only the package for this system. */
function findFolder(scope: string): string {
  return scope + readdirSync(join(installed, scope))[0];
}

/** Runs a command line in a shell. */
type Run = (line: string, cwd: string) => Promise<Outcome>;

/** A shell where the package manager is a command, with a new home directory, and this registry alone. */
export function openShell(name: ManagerName, registry: string): Run {
  const home = mkdtempSync(join(tmpdir(), `create-envoy-filter-${name}-`));
  afterAll(() => rmSync(home, { recursive: true, maxRetries: 3 }));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const [file, itsNode] = managers[name] as readonly [file: string, node?: string];
  const [command = ''] = name.split('-');
  writeCommand(join(bin, command), [itsNode, file]);
  if (command === 'npm') writeCommand(join(bin, 'npx'), [itsNode, file.replace('npm-cli', 'npx-cli')]);
  symlinkSync(itsNode ?? node, join(bin, 'node'));
  // npm, pnpm, Yarn 1 and Bun read this file.
  writeFileSync(join(home, '.npmrc'), `registry=${registry}\n`);
  const env = {
    HOME: home,
    PATH: `${bin}:/usr/bin:/bin`,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    // Where Yarn 1 puts commands.
    PREFIX: join(home, 'prefix'),
    // Nothing may leave this machine.
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
  };
  return (line, cwd) => tryToRun(['sh', '-c', line], { cwd, env, timeout: 60_000 });
}

/** A command that runs a file, by this program if there is one. */
function writeCommand(path: string, [program, file]: readonly [string | undefined, string]): void {
  const words = [program, join(installed, file)].filter((word) => word !== undefined);
  writeFileSync(path, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`, {
    mode: 0o755,
  });
}
