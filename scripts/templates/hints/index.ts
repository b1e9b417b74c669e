export { rules } from './rules/index.ts';
export type { Finding, Rule } from './rules/rule.ts';
