export type { Evidence, Judgement, Outcome, Rule } from './evidence.ts';
