import type { Roots } from '#profiles';

/** Options of Python before the program; those in the last group take the next word. */
const OPTION = /^-(?:[bBdEiIOPqsSuvx?]+|-\S+|[XW]\S+|([XW]))$/;

/** The text of `python -c` is the user's own code, and has no other file than this one. */
export function rootsOfCommand(roots: Roots, command: readonly string[] | null): Roots {
  const [, ...words] = command ?? [];
  let at = 0;
  for (let option = OPTION.exec(words[at] ?? ''); option !== null; option = OPTION.exec(words[at] ?? ''))
    at += option[1] === undefined ? 1 : 2;
  const isText = /^-[bBdEiIOPqsSuvx]*c/.test(words[at] ?? '');
  return isText ? { ...roots, project: [...roots.project, '<string>'] } : roots;
}
