/** Refuses to test a module that is older than its sources. */

import { readdirSync, statSync } from "node:fs";

/** Throws unless `file`, which `make` builds, is there and as new as its sources. */
export function assertIsBuilt(file) {
  const built = statSync(file, { throwIfNoEntry: false });
  if (built === undefined) throw new Error(`there is no ${file}: run \`make build\``);
  const sources = readdirSync("assembly", { recursive: true }).filter((name) => /[.][jt]s$/.test(name));
  for (const source of ["asconfig.json", ...sources.map((name) => `assembly/${name}`)]) {
    if (statSync(source).mtimeMs > built.mtimeMs) {
      throw new Error(`${file} is older than ${source}: run \`make build\``);
    }
  }
}
