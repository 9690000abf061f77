import type { PairKnowledge } from '../../support/entries.ts';
import { all, replace } from '../../support/project.ts';
import { crashOnRequest } from './crash-on-request.ts';

export default {
  // Tests of crashes need more requests than the bootstrap's limit. The property is imported already.
  crash: all(
    crashOnRequest,
    replace('import { getProperty } from "./envoy/property";\n', ''),
    replace(
      'parseConfig(configuration)',
      'parseConfig(encodeUtf8(\'{"requests_per_second": 0.001, "burst": 1000000}\'))',
    ),
  ),
} satisfies PairKnowledge;
