import { change } from './finding.ts';
import type { Differences, Finding } from './finding.ts';
import type { ApiObject } from './record.ts';

/** Two attributes, properties or type aliases of one name. */
export function compareAttributes(path: string, a: ApiObject, b: ApiObject): Differences {
  const findings: Finding[] = [];
  const notes: string[] = [];
  const say = (gravity: Finding['gravity'], what: string): void => {
    findings.push({ gravity, path, what, object: b });
  };
  const property = a.labels.includes('property');
  if (a.annotation !== null && a.annotation !== b.annotation) {
    const name = property ? 'return annotation' : 'type';
    say(
      2,
      b.annotation === null
        ? `${name} removed (was ${a.annotation})`
        : `${name} changed ${change(a.annotation, b.annotation)}`,
    );
  }
  if (property && a.labels.includes('writable') && !b.labels.includes('writable'))
    say(1, 'cannot be set any more');
  if (property && a.labels.includes('deletable') && !b.labels.includes('deletable'))
    say(1, 'cannot be deleted any more');
  if (property && a.labels.includes('cached') !== b.labels.includes('cached'))
    notes.push(
      `${path} is ${b.labels.includes('cached') ? 'computed once now' : 'computed at each use now'}`,
    );

  if (
    !property &&
    a.value !== null &&
    b.value !== null &&
    a.value !== b.value &&
    isConstant(a) &&
    isConstant(b)
  ) {
    // `__version__` and its like are there to change.
    const metadata = /\.__\w+__$/.test(path);
    if (metadata) notes.push(`${path} is another: ${change(a.value, b.value)}`);
    else if (a.kind === 'type alias' || tellsApart(a.shape, b.shape))
      say(1, `value changed ${change(a.value, b.value)}`);
    else notes.push(`${path} is computed in another way: ${change(a.value, b.value)}`);
  }
  return { findings, notes };
}

/** What an instance is given when it is made is state and no constant. */
function isConstant(object: ApiObject): boolean {
  return (
    object.kind === 'type alias' || object.labels.some((label) => /^(module|class)-attribute$/.test(label))
  );
}

/**
 * Whether two expressions show that the values differ: another type, or two values that are written out. Calls of unknown
 * functions, and two ways to compute a list, show nothing.
 */
function tellsApart(a: ApiObject['shape'], b: ApiObject['shape']): boolean {
  const [was, now] = [a?.type ?? null, b?.type ?? null];
  if (was !== now) return true;
  return was !== null && a?.literal === true && b?.literal === true;
}
