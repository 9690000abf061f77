import type { Change } from '../../support/project.ts';

/** What the tests of `make test` and `make lint` know about a language. */
type Dialect = Readonly<{
  /** Separates the words of a test's name. */
  separator: string;
  /** The output if the test of that name passes. */
  passed: (testName: string) => string;
  /** Makes the filter crash and log `kaboom`. */
  crash: Change;
  /** Makes the filter log `seen` for debugging. */
  logDebug: Change;
  /** A file, and a change of it that limits every wait to a few seconds. */
  impatience: readonly [path: string, change: Change];
  /** Runs the tests without make. */
  runners: readonly (readonly [string, ...string[]])[];
  /** A file of tests in Envoy that uses almost nothing of the test support. */
  leanTests: string;
  /** Lines that crash the filter, and how `make lint` reports them. */
  crashes: readonly (readonly [line: string, complaint: string])[];
  /** A file, and a change of it that uses in a unit test what the filter must not use. */
  crashInTest: readonly [path: string, change: Change];
  /** Inserts a line into the filter's decisions. */
  insert: (line: string) => Change;
}>;

/** What the smoke tests know about this template in a language. */
export type HelloKnowledge = Readonly<{ dialect: Dialect }>;
