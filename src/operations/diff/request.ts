import { StropError } from '#base';
import type { DiffInput } from './schema.ts';

/** What is to be compared: profiles that exist, or revisions (as the user wrote them) that are profiled first. */
export type DiffRequest =
  | { readonly kind: 'profiles'; readonly before: string; readonly after: string }
  | { readonly kind: 'revisions'; readonly revisions: string | undefined };

/** Two dots between or beside names; not those of a path (`../old.raw`). */
const RANGE = /^(?!.*(?:^|[\\/])\.\.(?:[\\/]|$)).*\.\./s;

const OF_RUNS = ['workload', 'command', 'stmt', 'setup', 'tool', 'rounds', 'duration', 'rate'] as const;

/** Tells profiles from revisions; throws `bad-request` for what is neither or both. */
export function readDiffRequest(input: DiffInput): DiffRequest {
  const { before, after } = input;
  const given = OF_RUNS.find((name) => input[name] !== undefined);
  if (before !== undefined && after !== undefined) {
    const range = [before, after].find((text) => RANGE.test(text));
    if (range !== undefined) {
      throw refuse(
        `${range} names both revisions already, and ${range === before ? after : before} a third side`,
        'Give A..B alone, or two profiles.',
      );
    }
    if (given === undefined) return { kind: 'profiles', before, after };
    const flag = given === 'command' ? 'a command after --' : `--${given}`;
    throw refuse(
      `${flag} is for revisions, which are profiled; two profiles are only read`,
      `Leave it away, or write the revisions as ${before}..${after}.`,
    );
  }
  const isRevisions = before === undefined || RANGE.test(before);
  const isRun = input.workload !== undefined || input.stmt !== undefined || input.command !== undefined;
  if (isRevisions || isRun) return { kind: 'revisions', revisions: before };
  throw refuse(
    `'${before}' is one side only`,
    'Name the second profile behind it; or for revisions write A..B, or give --workload for A against the working tree.',
  );
}

function refuse(problem: string, remedy: string): StropError {
  return new StropError({ code: 'bad-request', problem, where: 'strop diff', remedy });
}
