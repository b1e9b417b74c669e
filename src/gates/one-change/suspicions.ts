import type { Doubt, DoubtCode } from '#base';
import type { ReadDefinition } from '../definitions.ts';
import type { FoundChange } from './changed-definitions.ts';

/** Calls and values by their full name, as far as imports tell it. */
const LOOKS =
  /^(inspect\.(stack|currentframe|getouterframes|getinnerframes|trace|getframeinfo)|sys\.(_getframe|_getframemodulename|_current_frames|gettrace|getprofile)|gc\.(get_referrers|get_referents|get_objects)|traceback\.(extract_stack|walk_stack|format_stack|print_stack))$/;
/** Where a program can see its runner, when it compares with one of the {@link RUNNER} words. */
const SURROUNDINGS = /^(sys\.(argv|orig_argv|modules|flags)|os\.(environ|getenv|getppid)|psutil\.)/;
const RUNNER =
  /pytest|unittest|doctest|\bnose2?\b|codspeed|hyperfine|benchmark|\bbench\b|asv|strop|pyperf|timeit|tox_env/i;
const CHANGES =
  /^(gc\.(disable|enable|freeze|set_threshold|callbacks)|sys\.(settrace|setprofile|setswitchinterval|monitoring)|threading\.(settrace|setprofile)|signal\.setitimer)/;
const CLOCK = /^(time|timeit|datetime|statistics|random|gc|sys|builtins)\./;
const CACHE_DECORATOR = /(^|[._])(lru_cache|cache|cached|cached_property|memoize|memoise|memo)$/i;
const CACHE_CALL =
  /^(functools\.(lru_cache|cache|cached_property)|joblib\.Memory|diskcache\.\w+|cachetools\.\w+|shelve\.open|dbm\.open|sqlite3\.connect|pickle\.dump|marshal\.dump|tempfile\.gettempdir)$/;
const CACHE_NAME = /cache|memo(?!ry)|seen_results|lookup_store/i;

interface Finding {
  readonly code: DoubtCode;
  /** `calls sys._getframe`. */
  readonly what: string;
}

/** `np.zeros` as `numpy.zeros`; undefined for a chain that starts at a variable of the function or an expression. */
function fullName(chain: string, found: FoundChange, locals: ReadonlySet<string>): string | undefined {
  const [root = '', ...rest] = chain.split('.');
  if (root === '' || locals.has(root)) return undefined;
  return [found.aliases.get(root) ?? root, ...rest].join('.');
}

function count(definitions: readonly ReadDefinition[], chain: string): number {
  return definitions.reduce((sum, { uses }) => sum + (uses[chain] ?? 0), 0);
}

function lookAtUses(found: FoundChange): readonly Finding[] {
  const findings: Finding[] = [];
  const words = found.b.flatMap((definition) => definition.words).filter((word) => RUNNER.test(word));
  const locals = new Set(found.b.flatMap((definition) => definition.locals));
  for (const chain of new Set(found.b.flatMap(({ uses }) => Object.keys(uses)))) {
    if (count(found.b, chain) <= count(found.a, chain)) continue;
    const name = fullName(chain, found, locals);
    if (name === undefined) continue;
    if (LOOKS.test(name)) findings.push({ code: 'detects-measuring', what: `uses ${name}` });
    if (SURROUNDINGS.test(name) && words.length > 0) {
      findings.push({ code: 'detects-measuring', what: `reads ${name} and names ${words.join(', ')}` });
    }
    if (CHANGES.test(name)) findings.push({ code: 'changes-interpreter', what: `uses ${name}` });
    if (CACHE_CALL.test(name)) findings.push({ code: 'adds-cache', what: `uses ${name}` });
  }
  for (const { imports } of found.change.kind === 'import' && found.change.change === 'added'
    ? found.b
    : []) {
    for (const { module } of imports) {
      if (/^_?pytest(_|\.|$)/.test(module)) {
        findings.push({ code: 'detects-measuring', what: `imports ${module}` });
      }
    }
  }
  return findings;
}

function lookAtDecorators(found: FoundChange): readonly (Finding & { readonly name: string })[] {
  const before = new Set(
    found.a.flatMap(({ decorators }) => decorators.map((text) => text.replace(/\(.*$/s, ''))),
  );
  return found.b
    .flatMap(({ decorators }) => decorators.map((text) => text.replace(/\(.*$/s, '')))
    .filter((name) => !before.has(name) && CACHE_DECORATOR.test(fullName(name, found, new Set()) ?? name))
    .map((name) => ({ name, code: 'adds-cache', what: `is decorated with ${name}` }));
}

function lookAtBindings(found: FoundChange): readonly Finding[] {
  const findings: Finding[] = [];
  const before = {
    binds: new Set(found.a.flatMap(({ binds }) => Object.keys(binds))),
    empties: new Set(found.a.flatMap(({ empties }) => empties)),
  };
  for (const definition of found.b) {
    const locals = new Set(definition.locals);
    for (const chain of Object.keys(definition.binds)) {
      if (before.binds.has(chain)) continue;
      const name = fullName(chain, found, locals) ?? '';
      if (chain.includes('.') && CLOCK.test(name)) {
        findings.push({ code: 'changes-interpreter', what: `replaces ${name}` });
      } else if (CACHE_NAME.test(chain) && !definition.empties.includes(chain)) {
        findings.push({ code: 'adds-cache', what: `sets ${chain}` });
      }
    }
    for (const name of definition.empties) {
      if (before.empties.has(name)) continue;
      // A container of the module, the class or a default lives as long as the process; one of an object need not.
      const shared = definition.kind !== 'function' || name === '<default>' || !/^(self|cls)?\./.test(name);
      if (shared || CACHE_NAME.test(name)) {
        const what = name === '<default>' ? 'a default that can be filled' : `${name}, which starts empty`;
        findings.push({ code: 'adds-cache', what: `keeps ${what}` });
      }
    }
  }
  return findings;
}

const TEXTS: Partial<Record<DoubtCode, string>> = {
  'adds-cache':
    'The new code keeps results, so later iterations may be faster than the first, and memory may grow',
  'detects-measuring': 'The new code looks at who runs it, so it may behave otherwise when it is measured',
  'changes-interpreter': 'The new code changes the whole process, beyond the work that is measured',
};

/** Findings that fill a doubt without being read: the rest is counted. */
const MOST_SHOWN = 5;

/**
 * Looks through what is new in a change for ways to seem faster: caches, looking at the runner, changes of the
 * interpreter. Each may be right, so they are doubts and never block. One doubt for each kind, with every place.
 */
export function findSuspicions(changes: readonly FoundChange[]): readonly Doubt[] {
  const places = new Map<DoubtCode, string[]>();
  for (const found of changes) {
    const line = found.b[0]?.first;
    const where = `${found.change.file}${line === undefined ? '' : `:${line}`} ${found.change.name}`;
    const decorated = lookAtDecorators(found);
    // A decorator is a use, too: told once, as the decorator.
    const told = new Set(decorated.map(({ name }) => `uses ${fullName(name, found, new Set()) ?? name}`));
    const uses = lookAtUses(found).filter(({ what }) => !told.has(what));
    const findings = [...uses, ...decorated, ...lookAtBindings(found)];
    for (const { code, what } of findings) {
      const list = places.get(code) ?? [];
      if (!list.includes(`${where} ${what}`)) list.push(`${where} ${what}`);
      places.set(code, list);
    }
  }
  return [...places].map(([code, list]) => {
    const more = list.length > MOST_SHOWN ? ` and ${list.length - MOST_SHOWN} more` : '';
    return { code, text: `${TEXTS[code] ?? code}: ${list.slice(0, MOST_SHOWN).join('; ')}${more}.` };
  });
}
