import type { PairKnowledge } from '../../support/entries.ts';
import { crashOnRequest } from './crash-on-request.ts';

export default { crash: crashOnRequest } satisfies PairKnowledge;
