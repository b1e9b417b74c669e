import { z } from 'zod';
import { parseDuration, parseShare } from './quantities.ts';

const Duration = z
  .union([z.string(), z.number()], { error: 'must be a duration such as "60s" or "2m"' })
  .transform((value, context) => {
    const ns = parseDuration(String(value));
    if (ns !== undefined) return ns;
    context.addIssue({ code: 'custom', message: 'must be a duration such as "60s" or "2m"', input: value });
    return z.NEVER;
  });

function share(least: number, most: number, text: string): z.ZodType<number> {
  return z.union([z.string(), z.number()], { error: text }).transform((value, context) => {
    const parsed = parseShare(String(value));
    if (parsed !== undefined && parsed >= least && parsed <= most) return parsed;
    context.addIssue({ code: 'custom', message: text, input: value });
    return z.NEVER;
  });
}

const TEXT = 'must be a text';
const TEXTS = 'must be a list of texts';
const Text = z.string({ error: TEXT }).min(1, { error: 'must not be empty' });
const Texts = z.array(Text, { error: TEXTS });

/** The tables that a named workload may be, by the key that tells them apart. */
export const WORKLOAD_SHAPES = {
  statement: z.strictObject({ statement: Text, setup: z.string({ error: TEXT }).default('') }),
  command: z.strictObject({ command: Texts.min(1, { error: 'must name a program' }) }),
  target: z.strictObject({
    target: Text.regex(/^[^\s:]+:[^\s:]+$/, { error: 'must have the form "module:function"' }),
    args: Texts.default([]),
    kwargs: z.record(z.string(), Text, { error: 'must be a table of texts' }).default({}),
  }),
} as const;

const FORM = 'must be a workload id, or a table with statement, command or target';

const GUARD = 'must be a share from 0% to 100% such as "5%"';

/**
 * The settings as the user writes them. Workloads are looked at one by one, so that a fault is told for the
 * shape that was meant.
 */
export const SettingsSchema = z.strictObject({
  workloads: z.record(z.string(), z.unknown(), { error: `must be a table; each entry ${FORM}` }).default({}),
  budget: Duration.optional(),
  timeout: Duration.optional(),
  margin: share(0, 0.5, 'must be a share from 0% to 50% such as "1%"').optional(),
  fpr: share(1e-9, 0.5, 'must be a share above 0% and up to 50% such as "1%"').optional(),
  meter: Text.optional(),
  'guard-time': share(0, 1, GUARD).optional(),
  'guard-memory': share(0, 1, GUARD).optional(),
  'guard-import': share(0, 1, GUARD).optional(),
  'test-timeout': Duration.optional(),
  python: Text.optional(),
  include: Texts.default([]),
  'source-roots': Texts.optional(),
});

/** What is said about a workload that is neither a text nor one of the tables. */
export const WORKLOAD_FORM = FORM;
