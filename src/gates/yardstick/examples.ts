import type { GateReport } from '#campaign';
import type { Host } from '#host';
import type { ChangedPath, Side } from '#revisions';
import { prefixOf, seenFromProject } from './classify.ts';

/** The yardstick gate with what was found after it: it fails for that, or is excused by the user's reason. */
export function addFindings(
  report: GateReport,
  findings: readonly string[],
  what: string,
  reason: string | null,
): GateReport {
  if (findings.length === 0) return report;
  return {
    ...report,
    outcome: reason === null ? 'failed' : 'excused',
    summary: report.outcome === 'passed' ? what : `${report.summary}; ${what}`,
    details: [...findings, ...report.details],
    reason,
  };
}

/** Examples of a text in their order: each from its prompt to the next blank line; fenced blocks, which tools run, too. */
function readExamples(text: string): readonly string[] {
  const found: string[][] = [];
  let fence: string | undefined;
  let open = false;
  for (const line of text.split(/\r?\n/).map((each) => each.trimEnd())) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    const starts = fence === undefined && (mark !== undefined || /^\s*>>>/.test(line));
    if (starts) found.push([]);
    open = starts || fence !== undefined || (open && line !== '');
    if (open) found.at(-1)?.push(line.trimStart());
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) === true) [fence, open] = [undefined, false];
  }
  return found.map((lines) => lines.join('\n'));
}

/** Whether every former example is there as it was; what is new comes after them, since examples share their names. */
function keepsExamples(before: string, after: string): boolean {
  const [former, now] = [readExamples(before), readExamples(after)];
  // Some other tool makes tests of the file: what of it counts is not known.
  if (former.length === 0) return before === after;
  return former.every((example, index) => now[index] === example);
}

/** What {@link findChangedExamples} needs. */
export interface ExamplesRequest {
  readonly sides: { readonly a: Side; readonly b: Side };
  readonly changed: readonly ChangedPath[];
  /** Python files whose docstrings have other examples than on A, relative to the project. */
  readonly docstrings: readonly string[];
  /** Files in which A has tests, relative to the project. */
  readonly files: readonly string[];
}

/**
 * Files with changed examples that the tests of A run, relative to the project: doctest makes tests of docstrings and of
 * documents wherever the project's configuration says so, so which they are is known only after A's tests have run.
 */
export async function findChangedExamples(host: Host, request: ExamplesRequest): Promise<readonly string[]> {
  const { a, b } = request.sides;
  const files = new Set(request.files);
  const found = request.docstrings.filter((file) => files.has(file));
  for (const { path, kind } of request.changed) {
    const file = seenFromProject(prefixOf(a), path);
    if (kind !== 'changed' || file.endsWith('.py') || !files.has(file)) continue;
    const before = (await host.files.readText(`${a.root}/${path}`)) ?? '';
    if (!keepsExamples(before, (await host.files.readText(`${b.root}/${path}`)) ?? '')) found.push(file);
  }
  return found;
}
