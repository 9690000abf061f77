import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Gives an empty folder that is removed when the test is over. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-'));
  onTestFinished(() => rmSync(folder, { recursive: true, maxRetries: 3 }));
  return folder;
}

/** Takes a folder; gives the paths of everything below it, empty folders too. */
export function listAll(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}
