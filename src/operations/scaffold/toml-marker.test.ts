import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { addTomlMarker } from './toml-marker.ts';

const TABLE = ['tool', 'pytest', 'ini_options'];
const ENTRY = 'slow: takes long';

/** Whether the second text is the first with something put in, and nothing taken out. */
function keeps(before: string, after: string): boolean {
  let at = 0;
  for (const char of after) if (at < before.length && before[at] === char) at += 1;
  return at === before.length;
}

function markersOf(text: string): unknown {
  const data = parse(text.replace(/^\uFEFF/, '')) as unknown as {
    tool: { pytest: { ini_options: { markers: unknown } } };
  };
  return data.tool.pytest.ini_options.markers;
}

const CASES: readonly (readonly [title: string, before: string, after: string])[] = [
  ['no table', 'a = 1 # x\n', 'a = 1 # x\n\n[tool.pytest.ini_options]\nmarkers = ["slow: takes long"]\n'],
  ['an empty file', '', '[tool.pytest.ini_options]\nmarkers = ["slow: takes long"]\n'],
  [
    'no line end at the end of the file',
    '[tool.black]\nx = 1',
    '[tool.black]\nx = 1\n\n[tool.pytest.ini_options]\nmarkers = ["slow: takes long"]\n',
  ],
  [
    'a table without the list, followed by another',
    '[tool.pytest.ini_options]\naddopts = """\n-ra\n"""  # why\n\n# about black\n[tool.black]\n',
    '[tool.pytest.ini_options]\naddopts = """\n-ra\n"""  # why\nmarkers = ["slow: takes long"]\n\n# about black\n[tool.black]\n',
  ],
  [
    'an empty table, indented',
    '[tool]\n  [ tool . pytest . "ini_options" ] # here\n',
    '[tool]\n  [ tool . pytest . "ini_options" ] # here\n  markers = ["slow: takes long"]\n',
  ],
  [
    'a list in one line',
    "[tool.pytest.ini_options]\nmarkers = [ 'a: b', 'c' ] # x\n",
    "[tool.pytest.ini_options]\nmarkers = [ 'a: b', 'c', 'slow: takes long' ] # x\n",
  ],
  [
    'a list in one line that ends with a comma',
    '[tool.pytest.ini_options]\nmarkers = ["a",]\n',
    '[tool.pytest.ini_options]\nmarkers = ["a", "slow: takes long",]\n',
  ],
  [
    'an empty list',
    '[tool.pytest.ini_options]\nmarkers = []\n',
    '[tool.pytest.ini_options]\nmarkers = ["slow: takes long"]\n',
  ],
  [
    'a list over lines with comments and no last comma',
    '[tool.pytest.ini_options]\nmarkers = [\n  # first, ] not the end\n  "a: b # c",  # one\n  "d"  # two, really\n  # end\n]\nx = 1\n',
    '[tool.pytest.ini_options]\nmarkers = [\n  # first, ] not the end\n  "a: b # c",  # one\n  "d",  # two, really\n  "slow: takes long"\n  # end\n]\nx = 1\n',
  ],
  [
    'a list over lines with a last comma',
    '[tool.pytest.ini_options]\nmarkers = [\n\t"a",\n\t"d", # two\n]\n',
    '[tool.pytest.ini_options]\nmarkers = [\n\t"a",\n\t"d", # two\n\t"slow: takes long",\n]\n',
  ],
  [
    'a list that closes behind its last element',
    '[tool.pytest.ini_options]\nmarkers = [\n  "a",\n  "b"]\n',
    '[tool.pytest.ini_options]\nmarkers = [\n  "a",\n  "b",\n  "slow: takes long"]\n',
  ],
  [
    'Windows line ends',
    '\uFEFF[tool.pytest.ini_options]\r\nmarkers = [\r\n  "a",\r\n]\r\n',
    '\uFEFF[tool.pytest.ini_options]\r\nmarkers = [\r\n  "a",\r\n  "slow: takes long",\r\n]\r\n',
  ],
  [
    'a long text',
    '[tool.pytest.ini_options]\nmarkers = """\n    a: b\n    c\n"""\n',
    '[tool.pytest.ini_options]\nmarkers = """\n    a: b\n    c\n    slow: takes long\n"""\n',
  ],
  [
    'a short text',
    '[tool.pytest.ini_options]\nmarkers = "a: b"\n',
    '[tool.pytest.ini_options]\nmarkers = "a: b\\nslow: takes long"\n',
  ],
  [
    'a literal text',
    "[tool.pytest.ini_options]\nmarkers = 'a: b'\n",
    '[tool.pytest.ini_options]\nmarkers = [\'a: b\', "slow: takes long"]\n',
  ],
  [
    'an inline table',
    '[tool.pytest]\nini_options = { addopts = "-ra" } # x\n',
    '[tool.pytest]\nini_options = { addopts = "-ra", markers = ["slow: takes long"] } # x\n',
  ],
  [
    'dotted keys',
    '[tool.pytest]\nini_options.addopts = "-ra"\n',
    '[tool.pytest]\nini_options.addopts = "-ra"\nini_options.markers = ["slow: takes long"]\n',
  ],
  [
    'a dotted list',
    '[tool]\npytest.ini_options.markers = ["a"]\n',
    '[tool]\npytest.ini_options.markers = ["a", "slow: takes long"]\n',
  ],
];

describe('a marker in a TOML file', () => {
  it.each(CASES)('is added where there is %s', (_title, before, after) => {
    expect(addTomlMarker(before, TABLE, ENTRY)).toBe(after);
    expect(keeps(before, after)).toBe(true);
    expect([markersOf(after)].flat().join('\n')).toContain(ENTRY);
  });

  it('leaves what only looks like the table alone', () => {
    const before =
      'x = """\n[tool.pytest.ini_options]\nmarkers = [\n"""\n[[tool.pytest.other]]\nmarkers = ["no"]\n';
    const after = addTomlMarker(before, TABLE, ENTRY);
    expect(after.startsWith(before)).toBe(true);
    expect(markersOf(after)).toEqual([ENTRY]);
  });
});
