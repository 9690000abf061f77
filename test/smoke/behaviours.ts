import type { Context } from '../../src/contexts.ts';
import type { Project } from './support/project.ts';
import { describeHttpFilter } from './templates/hello/index.ts';
import { describeBackgroundService } from './templates/refresh/index.ts';
import { describeTcpFilter } from './templates/tcp/index.ts';

const behaviours: Readonly<Record<string, (project: () => Project) => void>> = {
  http: describeHttpFilter,
  stream: describeTcpFilter,
  root: describeBackgroundService,
};

/** Defines the tests of a context type's sample: the same assertions for every language. */
export function describeBehaviours(context: Context, project: () => Project): void {
  const describe = behaviours[context.id];
  if (describe === undefined) throw new Error(`there are no tests of ${context.id}`);
  describe(project);
}
