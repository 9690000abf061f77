import type { PairKnowledge } from '../../support/entries.ts';
import { after } from '../../support/project.ts';

/** Crashes on a connection that begins with `!`. */
export default {
  crash: after(
    'override onDownstreamData(size: u32, endOfStream: bool): Action {\n',
    'assert(size === 0 || downstreamData.get(0, 1)[0] !== 0x21);\n',
  ),
} satisfies PairKnowledge;
