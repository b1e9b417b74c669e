import type { Question } from '#profiles';
import type { ProfileDocument } from '#store';

/** What was asked of a kept recording. */
type Asked = Pick<ProfileDocument, 'question' | 'metric'>;

/** All of them say where a running program spends its time, each by another tool. */
const PLAIN: readonly string[] = ['cpu', 'calls', 'lines', 'attach'];
const OF_MEMORY: readonly string[] = ['memory', 'leaks', 'temporary'];

/** Equal for recordings that mean the same: a peak and a leak have no mean, nor have work and waiting. */
export function meaningOf({ question, metric }: Asked): string {
  if (question === undefined || question === null) return metric.unit === 'bytes' ? 'memory' : 'cpu';
  return PLAIN.includes(question) ? 'cpu' : question;
}

/** What is to be answered from such a recording; undefined where it knows only one thing anyway. */
export function answeredBy(meaning: string): Question | undefined {
  return OF_MEMORY.includes(meaning) ? 'memory' : undefined;
}

const WORDS: Readonly<Record<string, string>> = {
  wall: 'waiting included',
  gil: 'holding the lock',
  native: 'with compiled code',
  async: 'coroutines',
  leaks: 'leaks',
  temporary: 'temporary',
};

/** What was asked, for people; undefined where it is simply time or memory. */
export function sayAsked(meaning: string | null | undefined): string | undefined {
  return WORDS[meaning ?? ''];
}
