import type { PairKnowledge } from '../../support/entries.ts';
import { all, replace } from '../../support/project.ts';
import { crashOnRequest } from './crash-on-request.ts';

export default {
  // Tests of crashes need more requests than the bootstrap's limit.
  crash: all(
    crashOnRequest,
    replace('<Config>(&json)', '<Config>(br#"{"requests_per_second": 0.001, "burst": 1000000}"#)'),
  ),
} satisfies PairKnowledge;
