import { plainName } from '../function-table.ts';
import type { Origin } from '../profile.ts';
import { shortPaths } from './recording.ts';
import type { Recording } from './recording.ts';

/** Which function a frame is, told from all others of the recordings that were looked at together. */
export interface FunctionIdentity {
  /** The same in all of these recordings. */
  readonly key: string;
  /** What all functions of one file share that have the same last part of the name. */
  readonly group: string;
  /**
   * What tells it from the others of its group: nothing has to (`alone`), its first line, its qualified name; or nothing
   * can (`none`): the tool gives the last part of the name only, so that this is all of them or any.
   */
  readonly by: 'alone' | 'line' | 'name' | 'none';
  readonly name: string;
  readonly file: string | null;
  /** Its first line, where one of the recordings knows it. */
  readonly line: number | null;
  readonly origin: Origin;
}

/** `total` for `Cart.total`, and for `Cart.__init__.<locals>.total`. */
export function bareName(name: string): string {
  return plainName(name).replace(/^.*\.(?=[^.>]+$|<\w+>$)/, '');
}

/** Whether a name says more than its last part. */
export function isQualified(name: string): boolean {
  return bareName(name) !== plainName(name);
}

/** What the recordings know of functions of one file with one last part of the name. */
interface Group {
  /** First lines, with the qualified name where a recording has both. */
  readonly lines: Map<number, string | undefined>;
  readonly names: Set<string>;
}

/**
 * The identity of each frame of each recording. Tools and Pythons disagree on qualified names and on first lines, so
 * these count only where functions of one file share the last part of their names.
 */
export function identifyFunctions(
  recordings: readonly Recording[],
): ReadonlyMap<Recording, readonly FunctionIdentity[]> {
  const groups = new Map<string, Group>();
  const seen = recordings.map((recording) => {
    const paths = shortPaths(recording);
    return recording.profile.frames.map((frame, index) => {
      const name = plainName(frame.name);
      const file = paths[index] ?? null;
      const key = `${file ?? ''}:${bareName(name)}`;
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { lines: new Map(), names: new Set() }));
      const qualified = isQualified(name) ? name : undefined;
      if (qualified !== undefined) group.names.add(qualified);
      if (frame.line !== undefined) group.lines.set(frame.line, qualified ?? group.lines.get(frame.line));
      return { key, group, qualified, name, file, line: frame.line, origin: frame.origin };
    });
  });
  const found = seen.map((frames) =>
    frames.map(({ key: group, group: known, qualified, name, file, line, origin }): FunctionIdentity => {
      const identity = { group, name, file, origin };
      if (isAlone(known)) {
        const [only] = known.lines.keys();
        return { ...identity, key: group, by: 'alone', line: only ?? null };
      }
      const at = line ?? (qualified === undefined ? undefined : lineNamed(known, qualified));
      if (at !== undefined) return { ...identity, key: `${group}@${String(at)}`, by: 'line', line: at };
      if (qualified !== undefined)
        return { ...identity, key: `${group}=${qualified}`, by: 'name', line: null };
      return { ...identity, key: group, by: 'none', line: null };
    }),
  );
  return new Map(recordings.map((recording, index) => [recording, found[index] ?? []]));
}

function isAlone({ lines, names }: Group): boolean {
  return lines.size <= 1 && names.size <= 1;
}

/** The only first line that comes with this name. */
function lineNamed({ lines }: Group, qualified: string): number | undefined {
  const found = [...lines].filter(([, name]) => name === qualified);
  return found.length === 1 ? found[0]?.[0] : undefined;
}
