import { StropError, suggestWord } from '#base';
import type { Place, Profiler, Question } from './profiler.ts';

/** A profiler that can answer here, and why it is taken. */
export interface Candidate {
  readonly profiler: Profiler;
  /** One clause behind its name. */
  readonly why: string;
}

type Ranked = Candidate & { readonly rank: number };

/** What is to be chosen for. */
export interface Wish {
  readonly question: Question;
  /** The user's own choice: nothing else is a candidate then. */
  readonly tool: string | undefined;
  /** The workload is a benchmark, and its plugin is there to profile it. */
  readonly benchmark: boolean;
  /** The process runs already: only those that get into it or look at it from outside. */
  readonly running?: true;
  /** By looking from outside and by nothing else. */
  readonly outside?: true;
}

/** Candidates for a question, and those that cannot work here, each with the reason. */
export interface Choices {
  /** Best first, never empty. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Of those that would be better than the first candidate: an equal one is no loss. */
  readonly refused: readonly string[];
}

/**
 * Chooses by the question, the interpreter and the system. Throws `bad-request` for a tool that does not exist, cannot
 * answer or cannot work here, and where no tool can.
 */
export function chooseProfilers(all: readonly Profiler[], wish: Wish, place: Place): Choices {
  const { tool, question } = wish;
  const possible =
    tool === undefined
      ? rank(all, question).filter(
          ({ profiler }) =>
            (profiler.benchmark === undefined || wish.benchmark) &&
            (profiler.watch !== undefined || wish.outside !== true),
        )
      : [{ profiler: requireProfiler(all, tool), why: 'you asked for it', rank: 1 }];
  const judged = possible.map((one) => {
    const { profiler } = one;
    const reason = refuseRunning(profiler, wish) ?? refuseInside(profiler, wish) ?? profiler.refuses(place);
    return { ...one, reason };
  });
  const reasons = (among: typeof judged) => among.flatMap(({ reason }) => reason ?? []);
  const [first, ...others] = judged
    .filter(({ reason }) => reason === undefined)
    .map(({ profiler, why, rank }): Ranked => ({ profiler, why, rank }));
  if (first !== undefined) {
    const refused = reasons(judged.filter(({ rank }) => rank < first.rank));
    return { candidates: [first, ...others], refused };
  }
  const nothing =
    wish.outside === true ? 'no sampler from outside answers this' : 'no profiler answers this here';
  throw new StropError({
    code: 'bad-request',
    problem: reasons(judged).join('; ') || nothing,
    where: `Python ${place.version.join('.')}${place.freeThreaded ? ' without the global lock' : ''}, ${place.platform}`,
    remedy: remedyFor(wish),
  });
}

function remedyFor({ running, outside }: Wish): string {
  if (running === true) {
    return 'Ask for time (py-spy) or --memory (memray), or let strop start the program: strop profile --tool cprofile -- COMMAND.';
  }
  return outside === true
    ? 'Leave --sample away: then a profiler that runs inside may answer.'
    : 'Leave the question to strop (no --tool), or ask for what cProfile and tracemalloc can tell.';
}

function refuseRunning({ title, watch, inject, dump }: Profiler, wish: Wish): string | undefined {
  if (wish.running !== true) return undefined;
  const able = wish.question === 'dump' ? dump !== undefined : (watch ?? inject) !== undefined;
  return able ? undefined : `${title} cannot look into a process that runs already`;
}

function refuseInside({ title, watch }: Profiler, wish: Wish): string | undefined {
  return wish.outside === true && watch === undefined ? `${title} does not look from outside` : undefined;
}

function rank(all: readonly Profiler[], question: Question): readonly Ranked[] {
  const found = all.flatMap((profiler) => {
    const standing = profiler.answers[question];
    return standing === undefined ? [] : [{ profiler, ...standing }];
  });
  return found.sort((a, b) => a.rank - b.rank);
}

function requireProfiler(all: readonly Profiler[], tool: string): Profiler {
  const plain = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, '');
  const found = all.find((one) => plain(one.tool) === plain(tool));
  if (found !== undefined) return found;
  const names = all.map((one) => one.tool);
  const near = suggestWord(tool, names);
  throw new StropError({
    code: 'bad-request',
    problem: `'${tool}' is no profiler that strop drives`,
    remedy: near === undefined ? `It drives ${names.join(', ')}.` : `Did you mean ${near}?`,
  });
}
