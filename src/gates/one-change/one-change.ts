import { formatNumberOf } from '#base';
import type { Doubt } from '#base';
import { findConcerns } from '#campaign';
import type { ChangedDefinition, Concern, DefinitionChange, GateReport } from '#campaign';
import type { Host } from '#host';
import type { ChangedPath } from '#revisions';
import { findChangedDefinitions } from './changed-definitions.ts';
import type { FoundChanges, Sides } from './changed-definitions.ts';
import { findSuspicions } from './suspicions.ts';

/** What is to be checked. */
export interface OneChangeRequest {
  readonly sides: Sides;
  /** The change without the yardstick: paths relative to the repository, as the yardstick gate answers them. */
  readonly code: readonly ChangedPath[];
  /** The user's reason for several changes at once, or null. */
  readonly reason: string | null;
}

/** The answer of the gate. */
export interface OneChangeCheck {
  readonly report: GateReport;
  /** Changed, added and removed definitions, module level as `<module>`, a file that is not Python as `<file>`. */
  readonly changed: readonly ChangedDefinition[];
  readonly concerns: readonly Concern[];
  /** Files in which examples of docstrings are other than on A or gone, relative to the project. */
  readonly examples: readonly string[];
  /** New names that pytest would call when it loads the module as a plugin: `src/plug.py: pytest_pyfunc_call`. */
  readonly hooks: readonly string[];
  readonly doubts: readonly Doubt[];
}

const NAMELESS: ReadonlySet<DefinitionChange['kind']> = new Set(['value', 'import', 'statement']);

function listDefinitions(found: FoundChanges): readonly ChangedDefinition[] {
  const listed = new Map<string, ChangedDefinition>();
  for (const { change } of found.found) {
    const name = NAMELESS.has(change.kind) ? '<module>' : change.name;
    listed.set(`${change.file} ${name}`, { file: change.file, name });
  }
  return [...listed.values()];
}

/** How a file that is not Python, or cannot be parsed, is named as a definition. */
const WHOLE_FILE = '<file>';

/** `src/x.py: parse (12-30), CONTROL (added, 8)`. */
function describeFile(changes: readonly DefinitionChange[], file: string): string {
  const parts = changes.map((change) => {
    const text = change.b ?? change.a;
    const lines =
      text === null || change.name === WHOLE_FILE
        ? ''
        : `${text.first}-${text.last}`.replace(/^(\d+)-\1$/, '$1');
    const notes = [change.change === 'changed' ? '' : change.change, lines].filter((note) => note !== '');
    const name = change.kind === 'import' ? `import of ${change.name}` : change.name;
    return notes.length === 0 ? name : `${name} (${notes.join(', ')})`;
  });
  const shown = parts.length > 8 ? [...parts.slice(0, 8), `${parts.length - 8} more`] : parts;
  return `${file}: ${[...new Set(shown)].join(', ')}`;
}

const describeConcern = (concern: Concern): string =>
  concern.files
    .map((file) =>
      describeFile(
        concern.changes.filter((change) => change.file === file),
        file,
      ),
    )
    .join('; ');

/** A note or a result that lies about is no part of the change, and git does not know that. */
function explainStrays(concerns: readonly Concern[]): readonly string[] {
  const strays = concerns
    .flatMap((concern) => concern.changes)
    .filter(({ name, change }) => name === WHOLE_FILE && change === 'added')
    .map(({ file }) => file);
  if (strays.length === 0) return [];
  return [`If they are no part of the change, let git ignore them or move them away: ${strays.join(', ')}.`];
}

/** Whether two of the concerns have no file in common. */
function liesApart(concerns: readonly Concern[]): boolean {
  return concerns.some((one, index) =>
    concerns.slice(index + 1).some((other) => !one.files.some((file) => other.files.includes(file))),
  );
}

function findDoubts(
  request: OneChangeRequest,
  found: FoundChanges,
  concerns: readonly Concern[],
): readonly Doubt[] {
  const doubts: Doubt[] = [];
  if (concerns.length === 0 && request.code.length > 0) {
    doubts.push({
      code: 'only-comments',
      text: 'Nothing but comments, docstrings or layout was changed: no difference in speed can come of it.',
    });
  }
  if (concerns.length > 1) {
    doubts.push({
      code: 'several-concerns',
      text: `${concerns.length} changes seem to have nothing to do with each other, so which of them made the difference is not known: ${concerns.map((concern) => concern.changes[0]?.name ?? '').join(', ')}.`,
    });
  }
  if (found.examples.length > 0) {
    doubts.push({
      code: 'examples-differ',
      text: `Examples in docstrings are not those of A, so doctest judges the sides differently: ${found.examples.join(', ')}.`,
    });
  }
  return [...doubts, ...doubtHelpers(found), ...findSuspicions(found.found)];
}

function findHooks({ found }: FoundChanges): readonly string[] {
  return found
    .filter(({ change, b }) => {
      const names =
        change.kind === 'import'
          ? b.flatMap(({ imports }) => imports.map(({ original }) => original ?? ''))
          : [change.name.split('.').at(-1) ?? ''];
      return change.change === 'added' && names.some((name) => /^pytest_\w/.test(name));
    })
    .map(({ change }) => `${change.file}: ${change.name}`);
}

/** Modules beside the tests that tests call to judge, by their names. */
const HELPER =
  /(^|[/_])(testing|testutils?|test_?(utils?|helpers?|support|tools?|cases?)|assert\w*)(_|\/|\.py$)/i;

function doubtHelpers(found: FoundChanges): readonly Doubt[] {
  const files = [...new Set(found.found.map(({ change }) => change.file))].filter((file) =>
    HELPER.test(file),
  );
  if (files.length === 0) return [];
  return [
    {
      code: 'test-helper-differs',
      text: `Modules that tests may judge by were changed with the code: ${files.join(', ')}.`,
    },
  ];
}

function summarise(concerns: readonly Concern[]): string {
  if (concerns.length === 0) return 'no definition was changed';
  const changes = concerns.flatMap((concern) => concern.changes);
  const definitions = changes.filter(({ name }) => name !== WHOLE_FILE);
  const files = new Set(definitions.map(({ file }) => file)).size;
  const others = changes.length - definitions.length;
  const parts = [
    ...(definitions.length === 0
      ? []
      : [`${formatNumberOf(definitions.length, 'definition')} in ${formatNumberOf(files, 'file')}`]),
    ...(others === 0 ? [] : [formatNumberOf(others, 'whole file')]),
  ];
  const size = parts.join(' and ');
  if (concerns.length === 1) return size;
  return liesApart(concerns)
    ? `${concerns.length} changes at once: ${size}`
    : `${size}, perhaps ${concerns.length} changes`;
}

/**
 * The gate "one change": a step proves one optimisation, so what was changed must belong together. Changes that have no
 * connection and lie in different files fail the gate; several in one file pass with a doubt. The code is parsed and
 * never run. Fails with `no-python` when the interpreter of side A does not answer.
 */
export async function checkOneChange(host: Host, request: OneChangeRequest): Promise<OneChangeCheck> {
  const found = await findChangedDefinitions(host, request.sides, request.code);
  const concerns = findConcerns(found.found.map(({ change }) => change));
  const apart = liesApart(concerns);
  return {
    report: {
      gate: 'one change',
      outcome: !apart ? 'passed' : request.reason === null ? 'failed' : 'excused',
      summary: summarise(concerns),
      details: [
        ...found.problems,
        ...concerns.map(describeConcern),
        ...(apart ? explainStrays(concerns) : []),
      ],
      reason: apart ? request.reason : null,
    },
    changed: listDefinitions(found),
    concerns,
    examples: found.examples,
    hooks: findHooks(found),
    doubts: findDoubts(request, found, concerns),
  };
}
