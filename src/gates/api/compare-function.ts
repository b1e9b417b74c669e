import { compareDecorators } from './compare-decorators.ts';
import { compareSignatures } from './compare-signature.ts';
import type { Differences, Finding } from './finding.ts';
import type { ApiObject, Signature } from './record.ts';

const NOTHING: Signature = { parameters: [], returns: null };

/**
 * The definitions of branches: those of the same branch, and a new branch against what there was, unless it was already
 * one of A's. A branch that is gone needs no partner: its support ended.
 */
function pairVariants(a: ApiObject, b: ApiObject): readonly (readonly [string, Signature, Signature])[] {
  const before = new Map(a.variants.map(({ when, signature }) => [when, signature]));
  const known = new Set(
    [...before.values(), ...(a.signature === undefined ? [] : [a.signature])].map((each) =>
      JSON.stringify(each),
    ),
  );
  return b.variants.flatMap(({ when, signature }) => {
    const was = before.get(when) ?? (known.has(JSON.stringify(signature)) ? undefined : a.signature);
    return was === undefined ? [] : [[when, was, signature] as const];
  });
}

/** A stub may leave a default out as `...`, which says nothing of it. */
function withUnknown(now: Signature, was: Signature): Signature {
  const before = new Map(was.parameters.map((each) => [each.name, each.default]));
  return {
    ...now,
    parameters: now.parameters.map((each) => {
      const old = before.get(each.name) ?? null;
      const unknown = each.default !== null && old !== null && (each.default === '...' || old === '...');
      return unknown ? { ...each, default: old } : each;
    }),
  };
}

/** Two functions of one name. */
export function compareFunctions(path: string, a: ApiObject, b: ApiObject): Differences {
  const findings: Finding[] = [];
  const told = new Set<string>();
  const compare = (was: Signature, now: Signature, where: string): void => {
    for (const { gravity, parameter, what } of compareSignatures(was, now)) {
      const key = `${parameter ?? ''} ${what}`;
      if (told.has(key)) continue;
      told.add(key);
      const place = parameter === null ? path : `${path}(${parameter})`;
      findings.push({ gravity, path: place, what: `${what}${where}`, object: b });
    }
  };
  compare(a.signature ?? NOTHING, b.signature ?? NOTHING, '');
  for (const [when, was, now] of pairVariants(a, b)) compare(was, now, when === '' ? '' : `, where ${when}`);
  if (a.stub !== null && b.stub !== null) compare(a.stub, withUnknown(b.stub, a.stub), ' in the stub');
  const was = a.labels.includes('async');
  if (was !== b.labels.includes('async')) {
    const what = was ? 'was async and is not any more' : 'is async now: callers must await it';
    findings.push({ gravity: 0, path, what, object: b });
  }
  // Overloads are what a type checker sees; the order counts for nobody.
  const known = new Set(b.overloads.map((each) => JSON.stringify(each)));
  const gone = a.overloads.filter((each) => !known.has(JSON.stringify(each)));
  if (gone.length > 0)
    findings.push({
      gravity: 2,
      path,
      what: `${gone.length} of ${a.overloads.length} overloads removed or changed`,
      object: b,
    });
  const decorated = compareDecorators(path, a, b);
  const warned = b.warns && !a.warns ? [`${path} warns that it is deprecated now`] : [];
  return { findings: [...findings, ...decorated.findings], notes: [...decorated.notes, ...warned] };
}
