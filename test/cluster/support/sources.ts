import { join } from 'node:path';

/** A file of a control plane's own sources: scripts/control-planes.mjs lists them. */
export function findSource(name: string): string {
  const { CONTROL_PLANES } = process.env;
  if (CONTROL_PLANES === undefined) throw new Error('CONTROL_PLANES is not set; run: npm test -- cluster');
  return join(CONTROL_PLANES, 'sources', name);
}
