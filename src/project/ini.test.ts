import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iniList, readIni } from './ini.ts';

/** What Python's configparser makes of texts: sections without their defaults, or null where it refuses. */
function readByPython(texts: readonly string[]): unknown[] {
  const program = `
import configparser, json, sys
answers = []
for text in json.load(sys.stdin):
    parser = configparser.RawConfigParser(allow_no_value=True, strict=False, default_section="\\0none")
    try:
        parser.read_string(text)
        answers.append({s: {k: v or "" for k, v in parser.items(s)} for s in parser.sections()})
    except (configparser.Error, AttributeError):
        answers.append(None)
json.dump(answers, sys.stdout)
`;
  const output = execFileSync('python3', ['-c', program], { input: JSON.stringify(texts), encoding: 'utf8' });
  return JSON.parse(output) as unknown[];
}

function plain(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  for (const [name, section] of readIni(text)) {
    sections[name] = Object.fromEntries([...section.values].map(([key, value]) => [key, value.text]));
  }
  return sections;
}

const line = fc.constantFrom(
  '[one]',
  '[two:three]',
  '  [inside]',
  'key = value',
  'Key: other = more',
  'empty =',
  'bare',
  '  continued',
  '    deeper # not a comment',
  'markers =',
  '\tslow: takes long',
  '# a comment',
  '   ; another',
  '',
  '   ',
  'path = a;b',
);

describe('the INI reader', () => {
  it("reads what Python's configparser reads", () => {
    const texts = fc
      .sample(fc.array(line, { maxLength: 14 }), { numRuns: 400, seed: 7 })
      .map((lines) => lines.join('\n'));
    const expected = readByPython(texts);
    const accepted = texts.filter((_, index) => expected[index] !== null);
    expect(accepted.length).toBeGreaterThan(100);
    for (const [index, text] of texts.entries()) {
      if (expected[index] !== null)
        expect({ text, read: plain(text) }).toEqual({ text, read: expected[index] });
    }
  });

  it('tells the line of each key and of each section', () => {
    const document = readIni('# head\n[tool:pytest]\naddopts =\n    -ra\n\n    -q\nmarkers = slow\n');
    const section = document.get('tool:pytest');
    expect(section?.line).toBe(2);
    expect(section?.values.get('addopts')).toEqual({ text: '\n-ra\n\n-q', line: 3 });
    expect(section?.values.get('markers')).toEqual({ text: 'slow', line: 7 });
  });

  it('reads Windows line ends and a byte order mark, and passes over what is no INI', () => {
    expect(plain('\uFEFF[a]\r\nx = 1\r\n')).toEqual({ a: { x: '1' } });
    expect(plain('lost = 1\n[a]\nx = 1\n')).toEqual({ a: { x: '1' } });
  });

  it('splits lists at lines and commas', () => {
    expect(iniList({ text: '\nsix, seven\neight\n', line: 1 })).toEqual(['six', 'seven', 'eight']);
  });
});
