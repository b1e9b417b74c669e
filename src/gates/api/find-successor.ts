import type { ApiSide } from './record.ts';

/** The new name of something that is gone under its old one. */
export interface Successor {
  readonly path: string;
  /** The same name in another module. */
  readonly moved: boolean;
}

/**
 * The one public name of B that A had not, with a definition that differs in its own name alone; undefined when there is
 * none, or several. Things too small to be told apart (`X = 1`) have a successor only in their own module.
 */
export function findSuccessor(a: ApiSide, b: ApiSide, path: string): Successor | undefined {
  const object = a.objects[a.names[path] ?? ''];
  if (object === undefined || object.body === null) return undefined;
  const [parent, name] = split(path);
  const small = object.kind !== 'function' && object.kind !== 'class';
  const twins = Object.entries(b.names).filter(([candidate, target]) => {
    const other = b.objects[target];
    if (other?.kind !== object.kind) return false;
    const [place, word] = split(candidate);
    // Still there under another of its paths, or there under a new one.
    const known = a.names[candidate] !== undefined && a.names[candidate] !== a.names[path];
    return (
      !known &&
      (!small || place === parent) &&
      (other.body === object.body || isSame(word, name, target, a, path))
    );
  });
  const targets = new Set(twins.map(([, target]) => target));
  const [first] = twins.map(([candidate]) => candidate).sort((one, other) => one.length - other.length);
  if (first === undefined || targets.size !== 1) return undefined;
  return { path: first, moved: split(first)[1] === name };
}

/** The very object, offered under another path that A had, too. */
function isSame(word: string, name: string, target: string, a: ApiSide, path: string): boolean {
  return word === name && target === a.names[path];
}

function split(path: string): readonly [parent: string, name: string] {
  const at = path.lastIndexOf('.');
  return [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
}
