import { describe, expect, it } from 'vitest';
import { addIniMarker } from './ini-marker.ts';

const ENTRY = 'slow: takes long';

const CASES: readonly (readonly [title: string, section: string, before: string, after: string])[] = [
  ['an empty file', 'pytest', '', '[pytest]\nmarkers =\n    slow: takes long\n'],
  [
    'no section',
    'pytest',
    '[tox]\nenvlist = py',
    '[tox]\nenvlist = py\n\n[pytest]\nmarkers =\n    slow: takes long\n',
  ],
  [
    'a section without markers in the middle',
    'tool:pytest',
    '[tool:pytest]\naddopts =\n\t-ra\n; not now\n\n[flake8]\nmarkers = no\n',
    '[tool:pytest]\naddopts =\n\t-ra\nmarkers =\n\tslow: takes long\n; not now\n\n[flake8]\nmarkers = no\n',
  ],
  [
    'markers over lines, with comments',
    'pytest',
    '[pytest]\nmarkers =\n  # all\n  a: b\n\n  c\n  # end\n# more\naddopts = -ra\n',
    '[pytest]\nmarkers =\n  # all\n  a: b\n\n  c\n  slow: takes long\n  # end\n# more\naddopts = -ra\n',
  ],
  [
    'a marker in the line of the key',
    'pytest',
    '[pytest]\nmarkers = a: b\n',
    '[pytest]\nmarkers = a: b\n    slow: takes long\n',
  ],
  [
    'Windows line ends and no end of the last line',
    'pytest',
    '[pytest]\r\nmarkers:\r\n    a',
    '[pytest]\r\nmarkers:\r\n    a\r\n    slow: takes long',
  ],
  [
    'an empty section at the end',
    'pytest',
    '[tox]\nx = 1\n[pytest]  # here\n',
    '[tox]\nx = 1\n[pytest]  # here\nmarkers =\n    slow: takes long\n',
  ],
];

describe('a marker in an INI file', () => {
  it.each(CASES)('is added where there is %s', (_title, section, before, after) => {
    expect(addIniMarker(before, section, ENTRY)).toBe(after);
  });
});
