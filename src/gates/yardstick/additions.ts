import type { ReadDefinition, ReadFile } from '../definitions.ts';

/** How a file of tests differs from its former self. */
export interface FileDifference {
  /** Nothing but comments, docstrings without examples, or layout. */
  readonly quiet: boolean;
  /** Every former test runs as before; there are only new ones. */
  readonly onlyAdds: boolean;
  /** What was changed, removed or added, as clauses, the gravest first. */
  readonly clauses: readonly string[];
}

/**
 * Names that the runner calls or reads by itself, so that a new one changes what the former tests do: hooks, setup and
 * teardown of pytest, unittest and asv, marks of the module.
 */
const READ_BY_RUNNER =
  /^(pytest_\w+|pytestmark|collect_ignore\w*|(set_?up|tear_?down)\w*|load_tests|__\w+__|params|param_names|timeout|number|repeat|rounds|processes|sample_time|warmup_time|min_run_count)$/i;

/** Methods that are tests or benchmarks of their own. */
const TEST_METHOD = /^(test|time_|timeraw_|mem_|peakmem_|track_)/;

type Grouped = ReadonlyMap<string, readonly ReadDefinition[]>;

/** Several definitions of one name (overloads, branches) are one: the later may replace the former. */
function group(definitions: readonly ReadDefinition[]): Grouped {
  const groups = new Map<string, ReadDefinition[]>();
  for (const definition of definitions) {
    // `import os.path` and `import os.abc` bind one name to one thing.
    const module = definition.kind === 'import' ? definition.imports[0]?.module : undefined;
    const key = module === undefined ? definition.name : `${definition.name} from ${module}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [definition]);
    else list.push(definition);
  }
  return groups;
}

const sameText = (one: readonly ReadDefinition[], other: readonly ReadDefinition[]): boolean =>
  one.length === other.length &&
  one.every((definition, index) => {
    const twin = other[index];
    return definition.fingerprint === twin?.fingerprint && definition.examples === twin.examples;
  });

/** Every name that the former file mentions in any way: as a variable, an argument (a fixture), an attribute, a text. */
function mentionedNames(definitions: readonly ReadDefinition[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of definitions) {
    for (const chain of Object.keys(definition.uses)) for (const part of chain.split('.')) names.add(part);
    for (const word of [
      ...definition.words,
      ...definition.decorators.flatMap((text) => text.match(/\w+/g) ?? []),
    ])
      names.add(word);
    for (const part of definition.name.split('.')) names.add(part);
  }
  return names;
}

/** Why a new definition may change what the former tests do; undefined when it cannot. */
function whyNotHarmless(
  added: ReadDefinition,
  former: readonly ReadDefinition[],
  mentioned: ReadonlySet<string>,
): string | undefined {
  const parts = added.name.split('.');
  const last = parts.at(-1) ?? '';
  const owner = parts.slice(0, -1).join('.');
  if (added.kind === 'statement') return `new statement in line ${added.first}`;
  const fixture =
    added.decorators.some((text) => /fixture/.test(text)) ||
    Object.keys(added.uses).some((chain) => added.kind === 'value' && /fixture/.test(chain));
  if (fixture) return `${added.name} is a new fixture`;
  if (owner !== '' && former.some((definition) => definition.kind === 'class' && definition.name === owner)) {
    return TEST_METHOD.test(last) ? undefined : `${added.name} is new in a former class`;
  }
  // Inside a new class nothing reaches the former tests.
  if (owner !== '') return undefined;
  if (added.name === '*') return 'new star import';
  if (READ_BY_RUNNER.test(last)) return `${added.name} is new and read by the test runner`;
  return mentioned.has(last) ? `${added.name} is new and named by former tests` : undefined;
}

/**
 * Compares two versions of a file of tests or benchmarks. Only new tests, and helpers that no former test names, leave
 * the former tests as they were; new fixtures, hooks, statements and whatever a former test names do not. What a new
 * import or decorator does when the file is loaded is not seen, as it is not in a new file.
 */
export function compareTestFiles(a: ReadFile | undefined, b: ReadFile | undefined): FileDifference {
  const changed = (clause: string): FileDifference => ({ quiet: false, onlyAdds: false, clauses: [clause] });
  if (a === undefined || b === undefined) return changed('cannot be read');
  if ('problem' in b) return changed(`cannot be parsed: ${b.problem}`);
  if ('problem' in a) return changed(`could not be parsed before: ${a.problem}`);
  const [before, after] = [group(a.definitions), group(b.definitions)];
  const mentioned = mentionedNames(a.definitions);
  const clauses: string[] = [];
  if (a.examples !== b.examples) clauses.push('examples of the module changed');
  const added: string[] = [];
  for (const [name, definitions] of before) {
    const now = after.get(name);
    const shown = name === '<module>' ? 'statements of the module' : name;
    if (now === undefined) clauses.push(`${shown} removed`);
    else if (!sameText(definitions, now)) clauses.push(`${shown} changed`);
  }
  for (const [name, definitions] of after) {
    if (before.has(name)) continue;
    for (const definition of definitions) {
      const why = whyNotHarmless(definition, a.definitions, mentioned);
      if (why === undefined) added.push(`${definition.name} added`);
      else clauses.push(why);
    }
  }
  const quiet = clauses.length === 0 && added.length === 0;
  const tests = added.filter((clause) => /(^|\.)(test|time_|mem_|peakmem_|track_)/i.test(clause));
  return {
    quiet,
    onlyAdds: clauses.length === 0 && !quiet,
    clauses: [...clauses, ...(tests.length > 0 ? tests : added)],
  };
}
