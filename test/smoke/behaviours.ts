import type { Context } from '../../src/contexts.ts';
import { describeHttpFilter } from './http.ts';
import type { Project } from './project.ts';

/** What each context type's sample does, whatever its language: the same assertions for all. */
export const behaviours: Partial<Record<Context['id'], (project: () => Project) => void>> = {
  http: describeHttpFilter,
};
