import { checkAntiPatterns } from './anti-patterns.ts';
import type { CampaignFacts, CheckLine } from './check-line.ts';
import { checkList } from './checklist.ts';

/**
 * The checklist and the anti-patterns, each line with what shows it: six of each, always in the same order.
 *
 * A line is judged by its words. A reason that excused a gate does not make a false line true, except for the public
 * API, where the checklist itself asks for documentation. What is not shown is `unknown`, which is as good as no.
 */
export function checkCampaign(facts: CampaignFacts): readonly CheckLine[] {
  return [...checkList(facts), ...checkAntiPatterns(facts)];
}

/** Whether every line holds. */
export function passesCheck(lines: readonly CheckLine[]): boolean {
  return lines.length > 0 && lines.every((line) => line.holds === 'yes');
}
