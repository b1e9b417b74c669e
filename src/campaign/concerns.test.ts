import { describe, expect, it } from 'vitest';
import { findConcerns } from './concerns.ts';
import type { DefinitionChange, DefinitionText } from './concerns-change.ts';

const text = (more: Partial<DefinitionText> & { chains?: readonly string[] } = {}): DefinitionText => ({
  first: 1,
  last: 2,
  uses: Object.fromEntries((more.chains ?? []).map((chain) => [chain, 1])),
  binds: {},
  words: [],
  locals: [],
  bases: [],
  imported: {},
  foreign: [],
  ...more,
});

const change = (
  place: string,
  more: Partial<DefinitionChange> & { texts?: Partial<DefinitionText> & { chains?: readonly string[] } } = {},
): DefinitionChange => {
  const [file = '', name = ''] = place.split(' ');
  return {
    file,
    name,
    kind: 'function',
    change: 'changed',
    wholeFile: false,
    a: more.change === 'added' ? null : text(more.texts),
    b: more.change === 'removed' ? null : text(more.texts),
    ...more,
  };
};

/** The concerns as lists of places. */
const group = (...changes: readonly DefinitionChange[]): readonly (readonly string[])[] =>
  findConcerns(changes).map((concern) => concern.changes.map(({ file, name }) => `${file} ${name}`));

describe('two definitions belong together', () => {
  it('when one mentions the other, by an import of any name', () => {
    const user = (imported: DefinitionText['imported'], chain: string): DefinitionChange =>
      change('b.py user', { texts: { chains: [chain], imported } });
    expect(group(change('a.py total'), user({ total: 'total' }, 'total'))).toHaveLength(1);
    expect(group(change('a.py total'), user({ add_up: 'total' }, 'add_up'))).toHaveLength(1);
    expect(group(change('a.py total'), user({ a: 'a' }, 'a.total'))).toHaveLength(1);
    expect(group(change('a.py total'), user({ '*': '*' }, 'total'))).toHaveLength(1);
  });

  it('when a helper is new and used', () => {
    expect(
      group(change('a.py _key', { change: 'added' }), change('a.py total', { texts: { chains: ['_key'] } })),
    ).toHaveLength(1);
  });

  it('when they are of one class, or the class itself', () => {
    expect(
      group(change('a.py Cart.add'), change('a.py Cart.total'), change('a.py Cart', { kind: 'class' })),
    ).toHaveLength(1);
  });

  it('when one changes what an attribute holds and the others use it', () => {
    const binds = (value: string): DefinitionText =>
      text({ binds: { 'self._items': value }, chains: ['self._items'] });
    const holder = change('a.py Index.__init__', { a: binds('list'), b: binds('dict') });
    const users = [
      change('b.py scan', { texts: { chains: ['index._items'], locals: ['index'] } }),
      change('c.py Sub.find', { texts: { chains: ['self._items'], bases: ['Index'] } }),
    ];
    expect(group(holder, ...users)).toHaveLength(1);
    expect(
      group(change('a.py Index.__init__', { a: binds('list'), b: binds('list') }), ...users),
    ).toHaveLength(3);
  });

  it('when both began to use the same thing of the project', () => {
    const both = (file: string): DefinitionChange =>
      change(`${file} user`, {
        a: text({ chains: ['line.total'], locals: ['line'] }),
        b: text({ chains: ['line.total_cents'], locals: ['line'] }),
      });
    expect(group(both('a.py'), both('b.py'))).toHaveLength(1);
  });

  it('when something was moved', () => {
    expect(
      group(change('a.py parse', { change: 'removed' }), change('b.py parse', { change: 'added' })),
    ).toHaveLength(1);
  });

  it('when a file that is not Python is named in the code, or bears the same name', () => {
    const file = (path: string): DefinitionChange => change(`${path} <file>`, { kind: 'file' });
    expect(
      group(
        file('src/_fast.c'),
        change('a.py f', { texts: { chains: ['_fast.f'], imported: { _fast: '_fast' } } }),
      ),
    ).toHaveLength(1);
    expect(
      group(file('data/rates.json'), change('a.py f', { texts: { words: ['data/rates.json'] } })),
    ).toHaveLength(1);
    expect(group(file('src/fast.c'), file('src/fast.h'))).toHaveLength(1);
    expect(group(file('src/fast.c'), file('src/slow.c'))).toHaveLength(2);
  });

  it('when they fill one new file', () => {
    const added = { change: 'added', wholeFile: true } as const;
    expect(group(change('a.py f', added), change('a.py g', added))).toHaveLength(1);
  });
});

describe('two definitions have nothing to do with each other', () => {
  it('when they only share names of their own, of built-ins and of other packages', () => {
    const texts = {
      chains: ['line.append', 'sorted', 'np.zeros', 'total', 'seen'],
      locals: ['line', 'total', 'seen'],
      foreign: ['np'],
    };
    const before = text();
    expect(
      group(change('a.py f', { a: before, b: text(texts) }), change('b.py g', { a: before, b: text(texts) })),
    ).toEqual([['a.py f'], ['b.py g']]);
  });

  it('when a name means another thing in another file', () => {
    expect(group(change('a.py _key'), change('b.py use', { texts: { chains: ['_key'] } }))).toHaveLength(2);
    expect(
      group(change('a.py _key', { change: 'added' }), change('b.py _key', { change: 'added' })),
    ).toHaveLength(2);
  });

  it('when each class sets an attribute of its own of the same name', () => {
    const init = (place: string): DefinitionChange =>
      change(place, { a: text(), b: text({ binds: { 'self._cache': 'x' }, chains: ['self._cache'] }) });
    expect(group(init('a.py One.__init__'), init('b.py Two.__init__'))).toHaveLength(2);
  });

  it('when a method has the name of one that every container has', () => {
    expect(
      group(
        change('a.py Cart.append'),
        change('b.py f', { texts: { chains: ['rows.append'], locals: ['rows'] } }),
      ),
    ).toHaveLength(2);
  });
});

describe('what follows another change', () => {
  const imports = (place: string, name = 'bisect'): DefinitionChange =>
    change(place, { kind: 'import', change: 'added', b: text({ imported: { [name]: name } }) });

  it('is an import, which belongs to who uses the name and connects nobody', () => {
    expect(
      group(
        change('a.py f', { texts: { chains: ['bisect.insort'], foreign: ['bisect'] } }),
        change('a.py g', { texts: { chains: ['bisect.insort'], foreign: ['bisect'] } }),
        imports('a.py bisect'),
      ),
    ).toEqual([['a.py f', 'a.py bisect'], ['a.py g']]);
  });

  it('is the import of what was changed in another file', () => {
    expect(group(change('a.py fast'), imports('__init__.py fast', 'fast'))).toHaveLength(1);
  });

  it('is packaging, unless it is all there is', () => {
    const packaging = change('pyproject.toml <file>', { kind: 'packaging' });
    expect(group(packaging, change('a.py f'))).toHaveLength(1);
    expect(group(packaging)).toEqual([['pyproject.toml <file>']]);
  });

  it('is no excuse for an import that nobody needs', () => {
    expect(group(change('a.py f'), imports('b.py other', 'other'))).toHaveLength(2);
  });
});

describe('the order of concerns', () => {
  it('is that of files and lines, whatever the order of the changes', () => {
    const late = change('a.py z', { b: text({ first: 50 }) });
    const early = change('a.py y', { b: text({ first: 3 }) });
    const other = change('b.py x');
    expect(group(other, late, early)).toEqual([['a.py y'], ['a.py z'], ['b.py x']]);
    expect(findConcerns([])).toEqual([]);
  });
});
