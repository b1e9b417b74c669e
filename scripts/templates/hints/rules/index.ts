import type { Rule } from './rule.ts';

/** Every pattern that strop gives advice about. */
export const rules: readonly Rule[] = [];
