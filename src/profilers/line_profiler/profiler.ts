import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Profile } from '#profiles';
import { cleanProfile } from '../clean.ts';
import type { Ask, ChosenFunction, Printed, Profiler } from '../profiler.ts';

/** Counts and times the lines of chosen functions, without an edit of the code. */
export const lineProfiler: Profiler = {
  tool: 'line_profiler',
  title: 'line_profiler',
  needs: 'line_profiler',
  format: 'lprof',
  answers: { lines: { rank: 1, why: 'it counts and times every line of the chosen functions' } },
  distortion:
    'line_profiler stops at every line of the chosen functions, which makes them several times slower and lines that call much look dearer than they are.',
  callCostNs: 0,
  chosenFunctions: true,
  refuses: ({ freeThreaded }) =>
    freeThreaded ? 'line_profiler has no wheel for builds of Python without the global lock' : undefined,
  around: ({ folder, functions }) => ({
    module: 'with_line_profiler',
    options: { functions },
    output: `${folder}/workload.lprof`,
  }),
  command: ({ folder, functions }, { python }, { options, target }) => {
    const output = `${folder}/workload.lprof`;
    const chosen = [...new Set(functions.map((each) => nameOf(each, target)))].flatMap((name) => [
      '-p',
      name,
    ]);
    // The configuration of the project may ask for views and files of its own.
    const own = ['-m', 'kernprof', '-l', '--no-config', '-q', ...chosen, '-o', output];
    return { argv: [python, ...options, ...own, ...target], output };
  },
  examine,
  clean: cleanProfile,
  doubt: doubtLines,
};

/** kernprof knows functions of modules that are imported; of a script, which runs as `__main__`, only the whole file. */
function nameOf(chosen: ChosenFunction, [started = '']: readonly string[]): string {
  if (!('module' in chosen)) return chosen.file;
  const module = chosen.module.replaceAll('.', '/');
  const isStarted = `/${started.replaceAll('\\', '/')}`.endsWith(`/${module}.py`);
  return isStarted ? started : `${chosen.module}.${chosen.qualname}`;
}

function examine({ notes }: Printed, { functions }: Ask): readonly Doubt[] {
  const names = functions.map((each) => ('module' in each ? each.qualname : each.name));
  if (notes['found'] !== 0) {
    const missing = names.filter((_, index) => notes[`missing${String(index)}`] === 1);
    if (missing.length === 0) return [];
    const text = `Not found in the running program, and not watched: ${missing.join(', ')}.`;
    return [{ code: 'function-unseen', text }];
  }
  throw new StropError({
    code: 'tool-failed',
    problem: `none of the functions could be found in the running program: ${names.join(', ')}`,
    remedy: 'Name them as module:function or module:Class.method (--function), compiled ones cannot be seen.',
  });
}

function doubtLines(profile: Profile): readonly Doubt[] {
  if (profile.shape !== 'lines') return [];
  const ran = new Set(profile.rows.filter(({ hits = 1 }) => hits > 0).map(({ frame }) => frame));
  const still = profile.frames.filter((_, index) => !ran.has(index)).map(({ name }) => name);
  const doubts: Doubt[] = [{ code: 'tracer-distorts', text: lineProfiler.distortion }];
  if (still.length > 0) {
    doubts.push({ code: 'function-unseen', text: `Not a line ran of ${still.slice(0, 5).join(', ')}.` });
  }
  return doubts;
}
