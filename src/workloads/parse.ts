import type { CallableWorkload } from './workload.ts';

/** Names may use the letters of any language (PEP 3131). */
const CALL = /^([\p{XID_Start}_][\p{XID_Continue}.]*):([\p{XID_Start}_][\p{XID_Continue}.]*)(?:\((.*)\))?$/su;
const KEYWORD = /^\s*([\p{XID_Start}_]\p{XID_Continue}*)\s*=(?!=)/u;

/** True for `tests/x.py`, `tests/x.py::test_y` and folders written with a slash: what pytest or asv would take. */
export function looksLikeTestId(text: string): boolean {
  return text.includes('::') || /\.py$/.test(text) || /[\\/]/.test(text.replace(/\(.*$/s, ''));
}

/**
 * Reads `module:function`, `module:Class.method` and `module:function(1, "text", key=[1, 2])`; undefined when the text
 * has not that form or its brackets and quotes do not close. Arguments stay text: Python reads its own literals.
 */
export function parseCallable(text: string): CallableWorkload | undefined {
  const match = CALL.exec(text.trim());
  const [, module, qualname, inside] = match ?? [];
  if (module === undefined || qualname === undefined) return undefined;
  const parts = splitArguments(inside ?? '');
  if (parts === undefined) return undefined;
  const args: string[] = [];
  const kwargs: Record<string, string> = {};
  for (const part of parts) {
    const keyword = KEYWORD.exec(part);
    if (keyword?.[1] === undefined) args.push(part.trim());
    else kwargs[keyword[1]] = part.slice(keyword[0].length).trim();
  }
  return { kind: 'callable', id: text.trim(), module, qualname, args, kwargs };
}

const OPENING = '([{';
const CLOSING = ')]}';

/** Splits at commas that stand in no bracket and no string; undefined when something does not close. */
function splitArguments(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index);
    if (quote !== '') {
      if (letter === '\\') index += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (OPENING.includes(letter)) depth += 1;
    else if (CLOSING.includes(letter)) depth -= 1;
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
    if (depth < 0) return undefined;
  }
  if (depth !== 0 || quote !== '') return undefined;
  parts.push(text.slice(start));
  const filled = parts.filter((part) => part.trim() !== '');
  // A comma may end the list, but nothing may be missing within it.
  return filled.length >= parts.length - 1 && parts.slice(0, -1).every((part) => part.trim() !== '')
    ? filled
    : undefined;
}
