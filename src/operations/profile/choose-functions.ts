import type { ChosenFunction } from '#profilers';
import { hottest } from '#profiles';
import type { ProfileDocument } from '#store';

/** Each costs five times its own time: more than three take long and tell little. */
const MOST_FUNCTIONS = 3;
/** What could gain less is not worth a look at its lines. */
const LEAST_SHARE = 0.03;

/** What a line tool is to look at. */
export interface Chosen {
  readonly functions: readonly ChosenFunction[];
  /** Names of dear ones that it cannot watch. */
  readonly left: readonly string[];
}

/** The functions of a profile whose lines are worth a look, as a line tool can find them. */
export function chooseFunctions(profile: ProfileDocument, project: string): Chosen {
  const rows = hottest(profile, { most: MOST_FUNCTIONS, least: LEAST_SHARE }).map(({ row }) => row);
  const left: string[] = [];
  const functions = rows.flatMap((row): ChosenFunction[] => {
    if (row.file === null || row.function === '<module>' || !row.file.endsWith('.py')) {
      left.push(row.file === null ? row.function : `${row.function} of ${row.file}`);
      return [];
    }
    const { module, qualname } = row;
    const isImported = profile.command !== null && !isStarted(profile.command, module);
    if (isImported && module !== null && qualname !== null && !qualname.includes('<locals>'))
      return [{ module, qualname }];
    const file = /^([\\/]|\w:)/.test(row.file) ? row.file : `${project}/${row.file}`;
    return [{ file, name: row.function, line: row.line }];
  });
  return { functions, left };
}

/** `python -m app` runs the code of `app` under another name, under which only its file finds it. */
function isStarted(command: readonly string[], module: string | null): boolean {
  const at = command.indexOf('-m');
  const started = at < 0 ? undefined : command[at + 1];
  return started !== undefined && (module === started || module === `${started}.__main__`);
}
