import { compareDecorators } from './compare-decorators.ts';
import { compareSignatures } from './compare-signature.ts';
import type { Differences, Finding } from './finding.ts';
import type { ApiObject, Signature } from './record.ts';

const NOTHING: Signature = { parameters: [], returns: null };

/** Two functions of one name. */
export function compareFunctions(path: string, a: ApiObject, b: ApiObject): Differences {
  const findings: Finding[] = compareSignatures(a.signature ?? NOTHING, b.signature ?? NOTHING).map(
    ({ gravity, parameter, what }) => ({
      gravity,
      path: parameter === null ? path : `${path}(${parameter})`,
      what,
      object: b,
    }),
  );
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
  return { findings: [...findings, ...decorated.findings], notes: decorated.notes };
}
