import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvoyVersion, envoyVersions } from '../../../scripts/envoys.mjs';
import { runToEnd } from '../../support/command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the installed command. */
    bin: string;
    /** The paths of Envoys, by their versions. */
    envoys: Readonly<Record<string, string>>;
    /** A folder for what tests install or compile once. */
    shared: string;
  }
}

/** Packs this package and installs the tarball into an empty folder, as users do. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-installed-'));
  const here = process.cwd();
  const packed = await runToEnd(['npm', 'pack', '--json', '--pack-destination', folder], { cwd: here });
  const [{ filename }] = JSON.parse(packed.stdout);
  await runToEnd(['npm', 'install', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
  project.provide('bin', join(folder, 'node_modules/.bin/create-envoy-filter'));
  project.provide(
    'envoys',
    Object.fromEntries(envoyVersions.map((version) => [version, ensureEnvoyVersion(version)])),
  );
  project.provide('shared', join(folder, 'shared'));
  return () => rm(folder, { recursive: true });
}
