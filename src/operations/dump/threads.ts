import { classifyFrames, plainName, shortenPath } from '#profiles';
import type { Profile, Roots, StackProfile } from '#profiles';
import { z } from 'zod';
import type { DumpedFrame, DumpedThread } from './schema.ts';

/** A frame with its absolute path, to read its line from. */
export interface FoundFrame extends DumpedFrame {
  readonly path: string | undefined;
}

/** A thread whose lines have not been read yet. */
export interface FoundThread extends Omit<DumpedThread, 'frames'> {
  readonly frames: readonly FoundFrame[];
}

const localsOfThreads = z.array(
  z.object({
    frames: z.array(
      z.object({
        locals: z
          .array(z.object({ name: z.string(), repr: z.string().nullable(), arg: z.boolean() }))
          .nullable(),
      }),
    ),
  }),
);

/** The threads of a dump that was read, in the order of `DumpResult`; `text` is what py-spy wrote, for its variables. */
export function listThreads(read: Profile, roots: Roots, text: string | undefined): readonly FoundThread[] {
  const profile = classifyFrames(read, roots);
  if (profile.shape !== 'stacks') return [];
  const inner = new Map(profile.nodes.map(({ parent }, index) => [parent, index]));
  const outermost = new Map(
    profile.nodes.map(({ parent, thread }, index) => [parent < 0 ? thread : undefined, index]),
  );
  const locals = text === undefined ? [] : localsOfThreads.parse(JSON.parse(text));
  const threads = (profile.threads ?? []).map((thread, index): FoundThread => {
    const values = locals[index]?.frames;
    return {
      name: thread.name ?? null,
      id: thread.id ?? null,
      runs: /^active/.test(thread.state ?? ''),
      gil: /\+gil/.test(thread.state ?? ''),
      frames: stackOf(profile, inner, outermost.get(index), roots).map((frame, depth) => ({
        ...frame,
        locals:
          values?.[depth]?.locals?.map(({ name, repr, arg }) => ({
            name,
            value: repr ?? '?',
            argument: arg,
          })) ?? null,
      })),
    };
  });
  const rank = ({ runs, gil, name }: FoundThread): number =>
    gil ? 0 : runs ? 1 : name === 'MainThread' ? 2 : 3;
  return threads
    .map((thread, index) => ({ thread, index }))
    .sort((a, b) => rank(a.thread) - rank(b.thread) || b.index - a.index)
    .map(({ thread }) => thread);
}

/** Each thread has one stack, its nodes in a chain. */
function stackOf(
  { nodes, frames }: StackProfile,
  inner: ReadonlyMap<number, number>,
  root: number | undefined,
  roots: Roots,
): readonly FoundFrame[] {
  const path: number[] = [];
  for (let at = root; at !== undefined; at = inner.get(at)) path.push(at);
  return path.reverse().flatMap((index): FoundFrame[] => {
    const node = nodes[index];
    const frame = frames[node?.frame ?? -1];
    if (node === undefined || frame === undefined || frame.name === '(no Python frame)') return [];
    return [
      {
        function: plainName(frame.name),
        file: frame.file === undefined ? null : shortenPath(frame.file, roots),
        line: node.line ?? null,
        origin: frame.origin,
        code: null,
        locals: null,
        path: frame.file,
      },
    ];
  });
}
