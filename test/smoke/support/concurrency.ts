import type { Project } from './project.ts';

/** The variables by which `make deploy` runs Envoy with that many workers. */
export async function setConcurrency(project: Project, concurrency: number): Promise<readonly string[]> {
  // Variables on the command line override the project's.
  const [, flags] = (await project.read('make/envoy.mk')).match(/^ENVOY_FLAGS := (.*)$/m) ?? [];
  return [`ENVOY_FLAGS=${flags} --concurrency ${concurrency}`];
}
