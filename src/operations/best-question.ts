import { profilers } from '#profilers';
import type { Question } from '#profilers';

/** The question that a tool is best at, by its name as people write it; time where that is among them. */
export function bestQuestion(tool: string): Question {
  const plain = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, '');
  const answers = profilers.find((one) => plain(one.tool) === plain(tool))?.answers ?? {};
  const order: readonly Question[] = ['cpu', 'lines', 'memory', 'async', 'calls'];
  return order.find((question) => question in answers) ?? 'cpu';
}
