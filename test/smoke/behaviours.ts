import type { Context } from '../../src/contexts.ts';
import { describeHttpFilter } from './http.ts';
import type { Project } from './project.ts';
import { describeBackgroundService } from './root.ts';
import { describeTcpFilter } from './stream.ts';

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
