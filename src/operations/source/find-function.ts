/** Lines from 1, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const DEFINITION = /^(\s*)(?:async\s+def|def|class)\s+([\p{L}_][\p{L}\p{N}_]*)/u;

/**
 * Where the functions (and classes) of this name stand, decorators included, by indentation alone: enough to show them,
 * also in a file that does not parse. `Cart.total` is found by its last part.
 */
export function findFunctions(lines: readonly string[], name: string): readonly Range[] {
  const wanted = name.replace(/^.*\./, '');
  const found: Range[] = [];
  for (const [index, line] of lines.entries()) {
    const match = DEFINITION.exec(line);
    if (match?.[2] !== wanted) continue;
    const indent = match[1]?.length ?? 0;
    let from = index;
    while (from > 0 && new RegExp(`^\\s{${String(indent)}}@`).test(lines[from - 1] ?? '')) from -= 1;
    found.push({ from: from + 1, to: findEnd(lines, index, indent) + 1 });
  }
  return found;
}

/** Names of all functions and classes in a text. */
export function listFunctions(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => DEFINITION.exec(line)?.[2] ?? []);
}

function findEnd(lines: readonly string[], start: number, indent: number): number {
  let end = start;
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    const depth = line.length - line.trimStart().length;
    // A signature over several lines ends in a bracket that stands as far left as its `def`.
    if (depth <= indent && !/^[)\]}]/.test(line.trimStart()) && !line.trimStart().startsWith('#')) break;
    if (depth > indent || /^[)\]}]/.test(line.trimStart())) end = index;
  }
  return end;
}
