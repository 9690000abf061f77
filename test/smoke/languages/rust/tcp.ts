import type { PairKnowledge } from '../../support/entries.ts';
import { after } from '../../support/project.ts';

/** Crashes on a connection that begins with `!`. */
export default {
  crash: after(
    'fn on_downstream_data(&mut self, data_size: usize, end_of_stream: bool) -> Action {\n',
    'assert_ne!(self.get_downstream_data(0, 1).as_deref(), Some(&b"!"[..]));\n',
  ),
} satisfies PairKnowledge;
