import type { Doubt } from '#base';
import { cleanProfile } from '../clean.ts';
import type { Profiler } from '../profiler.ts';

const INTERVAL_SECONDS = 0.001;

/** It was started outside of the task, and takes the waiting of the event loop for work of whoever started the loop. */
const WAITING_OF_NOBODY: Doubt = {
  code: 'awaiting-unseen',
  text: 'pyinstrument began before the event loop did: what coroutines wait for counts as waiting of the loop (select, poll) and of no function. Name the coroutine function itself: strop profile --async "module:main()", without asyncio.run around it.',
};

/** The sampler from inside: it looks when functions are called, and knows what coroutines wait for. */
export const pyinstrument: Profiler = {
  tool: 'pyinstrument',
  title: 'pyinstrument',
  needs: 'pyinstrument',
  format: 'pyinstrument',
  answers: { async: { rank: 1, why: 'it knows what coroutines wait for' } },
  distortion:
    'pyinstrument looks when functions are called: code that calls much looks slower than it is, ' +
    'and code that calls nothing looks faster.',
  callCostNs: 0,
  refuses: ({ version, freeThreaded }) => {
    if (version[1] > 14) return `pyinstrument has no wheel for Python 3.${String(version[1])}`;
    return freeThreaded && version[1] < 14 ? 'pyinstrument has no wheel for this build of Python' : undefined;
  },
  around: ({ folder }) => ({
    module: 'with_pyinstrument',
    options: { interval: INTERVAL_SECONDS },
    output: `${folder}/workload.pyisession`,
  }),
  command: ({ folder }, { python }, { options, target }) => {
    const output = `${folder}/workload.pyisession`;
    const own = ['-m', 'pyinstrument', '-r', 'session', '-i', String(INTERVAL_SECONDS), '-o', output];
    return { argv: [python, ...options, ...own, ...target], output };
  },
  examine: ({ notes }, { question }) =>
    question === 'async' && notes['within'] !== 1 ? [WAITING_OF_NOBODY] : [],
  clean: cleanProfile,
  doubt: () => [{ code: 'tracer-distorts', text: pyinstrument.distortion }],
};
