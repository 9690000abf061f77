import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The bundled driver. */
    driver: string;
  }
}

/** Bundles the driver, as the tool is bundled. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-driver-'));
  const driver = join(folder, 'driver.cjs');
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'driver.ts'),
    platform: 'node',
    external: /^\.\/client-/,
  });
  await bundle.write({ file: driver, format: 'cjs' });
  provide('driver', driver);
  return () => rmSync(folder, { recursive: true });
}
