import type { Context } from '../../src/contexts.ts';
import { describeHttpFilter } from './http.ts';
import type { Project } from './project.ts';
import { describeTcpFilter } from './stream.ts';

const behaviours: Partial<Record<Context['id'], (project: () => Project) => void>> = {
  http: describeHttpFilter,
  stream: describeTcpFilter,
};

/** Defines the tests of what a context type's sample does: the same assertions for every language. */
export function describeBehaviours(context: Context, project: () => Project): void {
  const define = behaviours[context.id];
  if (define === undefined) return;
  define(project);
}
