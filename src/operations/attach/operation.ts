import { declareOperation } from '../operation.ts';
import { profileText } from '../profile-text.ts';
import { attach } from './run.ts';
import { attachInput, result } from './schema.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'attach',
  summary: 'Show where the time or memory of a process goes that runs already',
  description:
    'Looks into a Python process for a while, leaves it running, and answers as `strop profile` does. Time is asked of py-spy, which reads the process from outside; memory of memray, which has to get inside: that needs gdb or lldb below Python 3.14, slows the process down while it looks, and leaves the module memray loaded. Own code is that of the project around the current folder, else of the one in which the process works. Where the system does not let one process look into another, the message says what would allow it. The recording is kept for `strop top`, `tree`, `source` and `view`.',
  examples: [
    ['strop attach 4242', 'where the time goes, for ten seconds'],
    ['strop attach 4242 --wall --duration 30s', 'waiting included'],
    ['strop attach 4242 --memory', 'who holds the memory that is asked for meanwhile'],
    ['strop attach 4242 --gil', 'who keeps the other threads waiting'],
  ],
  effects: { runsCode: false, measures: true, installs: true, edits: false },
  input: attachInput,
  result,
  positionals: ['pid'],
  run: attach,
  text: profileText,
  exitCode: () => 0,
});
