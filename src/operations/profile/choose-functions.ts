import type { ChosenFunction } from '#profilers';
import { hottest } from '#profiles';
import type { ProfileDocument } from '#store';

/** Each costs five times its own time: more than three take long and tell little. */
const MOST_FUNCTIONS = 3;
/** What could gain less is not worth a look at its lines. */
const LEAST_SHARE = 0.03;

/** The functions of a profile whose lines are worth a look, as a line tool can find them. */
export function chooseFunctions(profile: ProfileDocument, project: string): readonly ChosenFunction[] {
  const rows = hottest(profile, { most: MOST_FUNCTIONS, least: LEAST_SHARE }).map(({ row }) => row);
  const isCommand = profile.command !== null;
  return rows.flatMap((row): ChosenFunction[] => {
    if (row.file === null || row.function === '<module>' || !row.file.endsWith('.py')) return [];
    const { module, qualname } = row;
    if (isCommand && module !== null && qualname !== null && !qualname.includes('<locals>'))
      return [{ module, qualname }];
    const file = /^([\\/]|\w:)/.test(row.file) ? row.file : `${project}/${row.file}`;
    return [{ file, name: row.function, line: row.line }];
  });
}
