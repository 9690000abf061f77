import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const makefiles = ['Makefile', 'make/envoy.mk', 'make/ship.mk'];

/** The names of a project's make variables, except those that the environment may set. */
export function readMakeVariables(project: string): readonly string[] {
  const read = (path: string) => readFileSync(join(project, path), 'utf8');
  const inMakefiles = makefiles.flatMap((path) => [...read(path).matchAll(/(?:^|\$\()([A-Z_]+)\b/gm)]);
  const ports = [...read('envoy-bootstrap.yml').matchAll(/# ([A-Z_]*PORT)$/gm)];
  const names = [...inMakefiles, ...ports].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !/^(ENVOY|ORAS|PATH|MAKE.*)$/.test(name));
}
