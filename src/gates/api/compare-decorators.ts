import type { Differences, Finding } from './finding.ts';
import type { ApiObject } from './record.ts';

/** Decorators after which a function is called as before. */
const HARMLESS = new Set(
  ['functools.lru_cache', 'functools.cache', 'functools.wraps', 'functools.total_ordering'].concat(
    ['final', 'override', 'no_type_check', 'overload'].flatMap((name) => [
      `typing.${name}`,
      `typing_extensions.${name}`,
    ]),
  ),
);

/** What griffe tells as a label, or what is compared for itself. */
const ELSEWHERE =
  /^(property|staticmethod|classmethod|(abc\.)?abstractmethod|functools\.cached_property)$|\.(setter|getter|deleter)$/;

const MEANT = ['staticmethod', 'classmethod', 'abstractmethod'] as const;

type Decorator = ApiObject['decorators'][number];

function isDeprecation({ path }: Decorator): boolean {
  return path === 'deprecated' || path.endsWith('.deprecated');
}

/** `@dataclass(slots=True)` and `@dataclass` alike: what slots change is said where `__slots__` is. */
function plain(text: string): string {
  return /^(dataclasses\.)?dataclass\b/.test(text)
    ? text
        .replace(/\bslots=(True|False)(, )?/, '')
        .replace(/(, )?\)$/, ')')
        .replace(/\(\)$/, '')
    : text;
}

function telling(object: ApiObject): readonly string[] {
  return object.decorators
    .filter((each) => !HARMLESS.has(each.path) && !ELSEWHERE.test(each.path) && !isDeprecation(each))
    .map((each) => `@${plain(each.text)}`);
}

/** The decorators of two functions or classes of one name. An unknown one may change anything, so it counts. */
export function compareDecorators(path: string, a: ApiObject, b: ApiObject): Differences {
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const label of MEANT) {
    const was = a.labels.includes(label);
    if (was !== b.labels.includes(label))
      findings.push({
        gravity: 1,
        path,
        what: was ? `is no ${label} any more` : `is a ${label} now`,
        object: b,
      });
  }
  const [before, after] = [telling(a), telling(b)];
  if (before.join() !== after.join()) {
    const text = (all: readonly string[]): string => (all.length === 0 ? 'none' : all.join(' '));
    findings.push({
      gravity: 1,
      path,
      what: `decorators changed ${text(before)} -> ${text(after)}`,
      object: b,
    });
  }
  const [deprecated, isNow] = [a.decorators.some(isDeprecation), b.decorators.some(isDeprecation)];
  if (deprecated !== isNow)
    findings.push({
      gravity: 2,
      path,
      what: isNow ? 'is deprecated now' : 'is not deprecated any more',
      object: b,
    });
  const cached = (object: ApiObject): boolean =>
    object.decorators.some((each) => /^functools\.(lru_)?cache$/.test(each.path));
  if (cached(a) !== cached(b))
    notes.push(
      cached(b)
        ? `${path} keeps its results now: arguments must be hashable, and equal calls give the same object`
        : `${path} does not keep its results any more`,
    );
  return { findings, notes };
}
