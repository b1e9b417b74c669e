import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findPythons } from '../../scripts/pythons.mjs';

const SHIMS = fileURLToPath(new URL('../../python', import.meta.url));

/** What is told of the answers of no, one or two calls. */
const SCENE = `
import collections, datetime, json, sys
sys.path.insert(0, sys.argv[1])
from _strop.answers import Answers

class Rude(list):
    def __iter__(self):
        raise RuntimeError("asked for its items")

class Own:
    pass

Row = collections.namedtuple("Row", "x y")
endless = []
endless.append(endless)

def told(*values):
    answers = Answers()
    for value in values:
        answers.note(value)
    return answers.describe()

def told_below(root, value):
    answers = Answers()
    answers.root = root
    answers.note(value)
    answers.note(value)
    return answers.describe()

print(json.dumps({
    "never": told(),
    "once": told(24),
    "steady": told(24, 24),
    "unsteady": told(24, 26),
    "other": told(26, 26),
    "set": told({"a", "b", "c"}, {"c", "b", "a"}),
    "keys": told({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "order": told([1, 2], [2, 1]),
    "kinds": told([1, True, None, b"x", 2j, Row(1, 2)], [1, True, None, b"x", 2j, Row(1, 2)]),
    "one": told([1, 1], [1, 1]),
    "true": told([1, True], [1, True]),
    "rounded": told(0.1 + 0.2, 0.3),
    "zero": told(0.0, -0.0),
    "time": told(datetime.date(2026, 1, 2), datetime.date(2026, 1, 2)),
    "own": told(Own(), Own()),
    "rude": told(Rude([1]), Rude([1])),
    "endless": told(endless, endless),
    "large": told(list(range(30000)), list(range(30000))),
    "long": told("x" * 300000, "x" * 300000),
    "moved": told_below("/a/side", "/a/side/out.csv"),
    "same": told_below("/b/side", "/b/side/out.csv"),
    "digits": told(2 ** 20000, 2 ** 20000),
    "tiny": told([1e-17, 0j], [0.0, -0j]),
    "lazy": told(iter([]), iter([])),
}))
`;

describe.each(findPythons())('answers that are looked at, on Python $version', ({ python }) => {
  it('have a fingerprint when they are plain, and the same in each call', () => {
    const { stdout, stderr } = spawnSync(python, ['-I', '-B', '-c', SCENE, SHIMS], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const told = JSON.parse(stdout) as Record<
      string,
      { type: string; lazy: boolean; fingerprint: string | null; shown: string | null } | null
    >;
    const print = (name: string) => told[name]?.fingerprint ?? undefined;
    expect(told['never']).toBeNull();
    expect(told['steady']).toMatchObject({ type: 'int', lazy: false, shown: '24' });
    expect(told['lazy']).toMatchObject({ lazy: true, fingerprint: null });
    for (const name of ['steady', 'set', 'keys', 'kinds', 'rounded', 'zero', 'time', 'rude', 'tiny'])
      expect(print(name), name).toMatch(/^[0-9a-f]{16}$/);
    for (const name of ['once', 'unsteady', 'order', 'own', 'endless', 'large', 'long'])
      expect(told[name], name).toMatchObject({ fingerprint: null, shown: null });
    expect(print('other')).not.toBe(print('steady'));
    expect(print('same')).toBe(print('moved'));
    // Newer versions refuse to write so many digits; none may end the worker.
    expect(told['digits']).toMatchObject({ type: 'int', shown: null });
    expect(print('one')).not.toBe(print('true'));
  });
});
