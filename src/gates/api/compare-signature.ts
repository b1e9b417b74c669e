import { change } from './finding.ts';
import type { Gravity } from './finding.ts';
import type { Parameter, Signature } from './record.ts';

/** One change of a signature; `parameter` is null for the return value. */
export interface SignatureChange {
  readonly gravity: Gravity;
  readonly parameter: string | null;
  readonly what: string;
}

function byPosition({ kind }: Parameter): boolean {
  return kind === 'positional-only' || kind === 'positional or keyword';
}

function byName({ kind }: Parameter): boolean {
  return kind === 'keyword-only' || kind === 'positional or keyword';
}

function isVariadic({ kind }: Parameter): boolean {
  return kind === 'variadic positional' || kind === 'variadic keyword';
}

/**
 * What a caller of A's signature may trip over in B's: every call that worked must still bind, to the same parameters
 * and defaults. New optional parameters at the end are no change; other names of positional-only ones neither.
 */
export function compareSignatures(a: Signature, b: Signature): readonly SignatureChange[] {
  const changes: SignatureChange[] = [];
  const matched = new Set<Parameter>();
  const positionalA = a.parameters.filter(byPosition);
  const positionalB = b.parameters.filter(byPosition);
  const takes = (kind: Parameter['kind']): boolean => b.parameters.some((each) => each.kind === kind);
  let lost = false;

  for (const old of a.parameters) {
    if (isVariadic(old)) {
      if (!takes(old.kind)) {
        const stars = old.kind === 'variadic positional' ? '*' : '**';
        changes.push({ gravity: 1, parameter: `${stars}${old.name}`, what: 'removed' });
      }
      continue;
    }
    const at = positionalA.indexOf(old);
    const now = findParameter(old, at, b, positionalB);
    if (now === undefined) {
      const swallowed =
        (!byPosition(old) || takes('variadic positional')) && (!byName(old) || takes('variadic keyword'));
      if (swallowed) continue;
      lost = true;
      const there = at < 0 ? undefined : positionalB[at];
      const renamed = there !== undefined && a.parameters.every((each) => each.name !== there.name);
      if (renamed) matched.add(there);
      changes.push({
        gravity: 1,
        parameter: old.name,
        what: renamed ? `renamed to ${there.name}` : 'removed',
      });
      continue;
    }
    matched.add(now);
    changes.push(...compareParameter(old, now));
    // After a removal everything behind it has moved; the removal says it all.
    if (!lost && at >= 0 && byPosition(now) && positionalB.indexOf(now) !== at) {
      changes.push({
        gravity: 1,
        parameter: old.name,
        what: `moved from position ${at + 1} to ${positionalB.indexOf(now) + 1}`,
      });
    }
  }
  const took = a.parameters.find((each) => each.kind === 'variadic positional');
  for (const now of b.parameters) {
    if (matched.has(now) || isVariadic(now)) continue;
    if (now.default === null) changes.push({ gravity: 1, parameter: now.name, what: 'added, and required' });
    else if (took !== undefined && byPosition(now))
      changes.push({
        gravity: 1,
        parameter: now.name,
        what: `added, and takes an argument that went to *${took.name}`,
      });
  }
  return [...changes, ...compareReturns(a.returns, b.returns)];
}

/** The parameter of the same name; for a positional-only one, whose name no caller can use, that of the same place. */
function findParameter(
  old: Parameter,
  at: number,
  b: Signature,
  positionalB: readonly Parameter[],
): Parameter | undefined {
  const named = b.parameters.find((each) => each.name === old.name && !isVariadic(each));
  return named ?? (old.kind === 'positional-only' ? positionalB[at] : undefined);
}

function compareParameter(old: Parameter, now: Parameter): readonly SignatureChange[] {
  const changes: SignatureChange[] = [];
  if ((byPosition(old) && !byPosition(now)) || (byName(old) && !byName(now)))
    changes.push({ gravity: 1, parameter: old.name, what: `kind changed ${old.kind} -> ${now.kind}` });
  if (old.default !== null && now.default === null)
    changes.push({ gravity: 1, parameter: old.name, what: `is required now (default was ${old.default})` });
  if (old.default !== null && now.default !== null && old.default !== now.default)
    changes.push({
      gravity: 1,
      parameter: old.name,
      what: `default changed ${change(old.default, now.default)}`,
    });
  return changes;
}

/** A return annotation that appears promises more than before, which breaks nobody. */
function compareReturns(old: string | null, now: string | null): readonly SignatureChange[] {
  if (old === null || old === now) return [];
  const what =
    now === null ? `return annotation removed (was ${old})` : `return annotation changed ${change(old, now)}`;
  return [{ gravity: 2, parameter: null, what }];
}
