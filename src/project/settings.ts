import { posix } from 'node:path';
import { StropError, suggestWord } from '#base';
import type { Host } from '#host';
import type { z } from 'zod';
import { readToml, tomlEvidence, tomlTable, tomlValue } from './documents.ts';
import type { TomlDocument } from './documents.ts';
import { formatEvidence } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import { SettingsSchema, WORKLOAD_FORM, WORKLOAD_SHAPES } from './settings-schema.ts';

/** A workload under a name of its own: an id as on the command line, or one written out. */
export type WorkloadSetting = { readonly name: string; readonly evidence: Evidence } & (
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'statement'; readonly statement: string; readonly setup: string }
  | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }
  | {
      readonly kind: 'callable';
      /** `module:function`. */
      readonly target: string;
      /** Python literals. */
      readonly args: readonly string[];
      readonly kwargs: Readonly<Record<string, string>>;
    }
);

/** The optional settings of a project; what is absent was not set. */
export interface Settings {
  /** The file that holds them, relative to the project; undefined when there are none. */
  readonly file: string | undefined;
  /** In the order in which they are written. */
  readonly workloads: readonly WorkloadSetting[];
  /** Time to spend per workload. */
  readonly budgetNs?: number | undefined;
  /** How long one run of a workload may take before it counts as hanging. */
  readonly timeoutNs?: number | undefined;
  /** Differences up to this share are not news. */
  readonly margin?: number | undefined;
  /** Rate of false alarms. */
  readonly fpr?: number | undefined;
  readonly meter?: string | undefined;
  /** How much worse a step may make what it does not aim at: other workloads, memory, importing the project. Shares. */
  readonly guards: {
    readonly time?: number | undefined;
    readonly memory?: number | undefined;
    readonly import?: number | undefined;
  };
  /** How long the whole test suite may take on one side. */
  readonly testTimeoutNs?: number | undefined;
  /** As for `--python`. */
  readonly python?: { readonly value: string; readonly evidence: Evidence } | undefined;
  /** Patterns of git-ignored files that a frozen working tree needs, relative to the project. */
  readonly include: readonly string[];
  /** Folders from which the modules are imported, relative to the project, with `/`. */
  readonly sourceRoots?: readonly string[] | undefined;
}

type Path = readonly (string | number)[];

/** Where the settings stand inside a document. */
interface Place {
  readonly document: TomlDocument;
  readonly base: Path;
}

function badConfig(place: Place, path: Path, problem: string, remedy: string): StropError {
  return new StropError({
    code: 'bad-config',
    problem,
    where: formatEvidence(tomlEvidence(place.document, ...place.base, ...path)),
    remedy,
  });
}

function unknownKey(place: Place, path: Path, key: string, known: readonly string[]): StropError {
  const nested = place.base.length === 0 && path.length === 0 && key === 'tool';
  const meant = suggestWord(key, known);
  const remedy = nested
    ? `In ${place.document.file} the keys stand at the top, without [tool.strop].`
    : meant === undefined
      ? `Known keys are ${known.join(', ')}.`
      : `Did you mean \`${meant}\`? Known keys are ${known.join(', ')}.`;
  return badConfig(place, [...path, key], `unknown key \`${key}\``, remedy);
}

/** Turns the first issue of a failed check into an error that points at the line. */
function explainIssue(place: Place, path: Path, error: z.ZodError, known: readonly string[]): StropError {
  const issues = error.issues;
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined) return unknownKey(place, path, unknown.keys[0] ?? '', known);
  const first = issues[0];
  const at: Path = [...path, ...(first?.path ?? []).filter((part) => typeof part !== 'symbol')];
  const name = at.join('.');
  const missing =
    first?.code === 'invalid_type' && tomlValue(place.document, ...place.base, ...at) === undefined;
  const problem = missing ? `\`${name}\` is missing` : `\`${name}\` ${first?.message ?? 'is not valid'}`;
  return badConfig(place, at, problem, `Correct \`${name}\` in ${place.document.file}.`);
}

function readWorkload(place: Place, name: string, value: unknown): WorkloadSetting {
  const path: Path = ['workloads', name];
  const shared = { name, evidence: tomlEvidence(place.document, ...place.base, ...path) };
  if (typeof value === 'string' && value.trim() !== '') return { ...shared, kind: 'id', id: value.trim() };
  const table = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const shapes = Object.keys(WORKLOAD_SHAPES) as (keyof typeof WORKLOAD_SHAPES)[];
  const shape = shapes.find((key) => key in table);
  if (shape === undefined) {
    const strange = Object.keys(table)[0];
    if (strange !== undefined && suggestWord(strange, shapes) !== undefined)
      throw unknownKey(place, path, strange, shapes);
    throw badConfig(place, path, `\`workloads.${name}\` ${WORKLOAD_FORM}`, `Correct \`workloads.${name}\`.`);
  }
  const schema = WORKLOAD_SHAPES[shape];
  const checked = schema.safeParse(table);
  if (!checked.success) throw explainIssue(place, path, checked.error, Object.keys(schema.shape));
  const data = checked.data;
  if ('statement' in data)
    return { ...shared, kind: 'statement', statement: data.statement, setup: data.setup };
  if ('command' in data) return { ...shared, kind: 'command', argv: data.command as [string, ...string[]] };
  return { ...shared, kind: 'callable', target: data.target, args: data.args, kwargs: data.kwargs };
}

function readRoots(place: Place, roots: readonly string[] | undefined): readonly string[] | undefined {
  return roots?.map((root, index) => {
    const plain = posix.normalize(root.replaceAll('\\', '/')).replace(/\/$/, '');
    if (!posix.isAbsolute(plain) && plain !== '..' && !plain.startsWith('../')) return plain;
    const path: Path = ['source-roots', index];
    throw badConfig(
      place,
      path,
      `\`source-roots\` leads out of the project: ${root}`,
      'Name folders inside the project.',
    );
  });
}

function checkSettings(place: Place): Settings {
  const table = place.base.length === 0 ? place.document.data : tomlTable(place.document, ...place.base);
  const checked = SettingsSchema.safeParse(table);
  if (!checked.success) throw explainIssue(place, [], checked.error, Object.keys(SettingsSchema.shape));
  const data = checked.data;
  const python = data.python;
  return {
    file: place.document.file,
    workloads: Object.entries(data.workloads).map(([name, value]) => readWorkload(place, name, value)),
    budgetNs: data.budget,
    timeoutNs: data.timeout,
    margin: data.margin,
    fpr: data.fpr,
    meter: data.meter,
    guards: {
      time: data['guard-time'],
      memory: data['guard-memory'],
      import: data['guard-import'],
    },
    testTimeoutNs: data['test-timeout'],
    python:
      python === undefined
        ? undefined
        : { value: python, evidence: tomlEvidence(place.document, ...place.base, 'python') },
    include: data.include,
    sourceRoots: readRoots(place, data['source-roots']),
  };
}

/**
 * The settings of a project, from `[tool.strop]` of pyproject.toml or from strop.toml. Both at once are
 * refused, even when equal: one of them would be forgotten at the next change. Unknown keys, wrong types and
 * broken TOML are `bad-config` with file and line, and with the key that was probably meant.
 */
export async function readSettings(host: Host, root: string): Promise<Settings> {
  const own = await readToml(host, root, 'strop.toml');
  const pyproject = await readToml(host, root, 'pyproject.toml');
  const base = ['tool', 'strop'];
  if (pyproject !== undefined && tomlValue(pyproject, ...base) !== undefined) {
    const place = { document: pyproject, base };
    if (tomlTable(pyproject, ...base) === undefined) {
      throw badConfig(
        place,
        [],
        '`tool.strop` must be a table',
        'Write the settings below a line [tool.strop].',
      );
    }
    if (own === undefined) return checkSettings(place);
    const remedy = 'Keep one of the two and delete the other.';
    throw badConfig(place, [], 'settings stand in [tool.strop] and in strop.toml as well', remedy);
  }
  if (own === undefined) return { file: undefined, workloads: [], include: [], guards: {} };
  return checkSettings({ document: own, base: [] });
}
