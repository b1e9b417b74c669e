import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODULES } from '../architecture.mjs';
import { cruiseSource } from './cruise.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the planted breaks lean on. It has a file for each module, so that the test does not depend on which exist. */
const GROUND = {
  ...Object.fromEntries(
    MODULES.map(({ name }) => [`src/${name}/index.ts`, `export const ${name}Face = 1;\n`]),
  ),
  'src/verdict/inner.ts': 'export const inner = 1;\n',
  'src/profiles/readers/index.ts': 'export const readers = 1;\n',
  'src/profiles/readers/one/reader.ts': 'export const one = 1;\n',
  'src/operations/one/operation.ts': 'export const one = 1;\n',
  'src/surfaces/cli/index.ts': 'export const cli = 1;\n',
  'src/host/testing/fake.ts': 'export const fake = 1;\n',
  'src/main.ts':
    "import { hostFace } from '#host';\nimport { readers } from '#readers';\nvoid [hostFace, readers];\n",
  // Allowed, so that a rule which refuses everything does not pass this test.
  'src/measuring/allowed.ts': "import '#workloads'; import 'node:path'; import { z } from 'zod'; void z;\n",
  'src/measuring/allowed.test.ts':
    "import '#verdict'; import 'node:fs'; import './allowed.ts'; import 'vitest';\n",
  'src/operations/two/allowed.ts':
    "import '#verdict'; import '#measuring'; import { readers } from '#readers'; void readers;\n",
  'src/host/allowed.ts': "import 'node:fs'; import 'node:child_process'; import '#base';\n",
};

/** Each break: the rule that has to report it, the file that holds it, and what it imports. */
const BREAKS = [
  [
    'border-of-verdict',
    'src/verdict/a.ts',
    "import type { hostFace } from '#host'; export type A = typeof hostFace;",
  ],
  ['border-of-surfaces', 'src/surfaces/b.ts', "import '#measuring';"],
  ['border-of-measuring', 'src/measuring/c.ts', "import '#verdict';"],
  ['border-of-base', 'src/base/d.ts', "import '../main.ts';"],
  ['thinking-without-node', 'src/profiles/e.ts', "import 'node:fs';"],
  ['thinking-without-node', 'src/verdict/f.ts', "import 'node:path';"],
  ['world-through-host', 'src/measuring/g.ts', "import { readFileSync } from 'node:fs'; void readFileSync;"],
  ['world-through-host', 'src/operations/two/h.ts', "import 'child_process';"],
  ['siblings-in-profiles-readers', 'src/profiles/readers/two/i.ts', "import '../one/reader.ts';"],
  [
    'siblings-in-operations',
    'src/operations/two/j.ts',
    "import { one } from '../one/operation.ts'; void one;",
  ],
  ['siblings-in-surfaces', 'src/surfaces/mcp/k.ts', "import '../cli/index.ts';"],
  ['face-only', 'src/operations/two/l.ts', "import '../../verdict/inner.ts';"],
  ['main-through-faces', 'src/main.ts', "import './verdict/inner.ts';"],
  ['packages-of-verdict', 'src/verdict/m.ts', "import { z } from 'zod'; void z;"],
  ['no-test-in-production', 'src/host/n.ts', "import './testing/fake.ts';"],
  // A circle is reported once, at the file of it that is read first; the second one is closed by types alone.
  ['no-cycle', 'src/base/o.ts', "import { p } from './p.ts'; export const o = () => p;"],
  ['no-cycle', 'src/host/u.ts', "import type { V } from './v.ts'; export type U = V;"],
  ['resolves', 'src/store/q.ts', "import './gone.ts';"],
  ['resolves', 'src/operations/two/r.ts', "import '#gone';"],
  ['no-orphan', 'src/store/s.ts', 'export const s = 1;'],
  ['module-is-known', 'src/utils/t.ts', "import '#base';"],
];

/** A repository with these files, cruised. */
async function cruisePlanted(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  for (const name of ['package.json', 'tsconfig.json']) await cp(join(ROOT, name), join(folder, name));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return await cruiseSource(folder);
}

describe('the borders', () => {
  let folder;
  let clean;
  let broken;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strop-borders-'));
    await mkdir(join(folder, 'clean'));
    await mkdir(join(folder, 'broken'));
    clean = await cruisePlanted(join(folder, 'clean'), GROUND);
    const files = {
      ...GROUND,
      'src/base/p.ts': "import { o } from './o.ts'; export const p = () => o;\n",
      'src/host/v.ts': "import type { U } from './u.ts'; export type V = U | 1;\n",
    };
    for (const [, path, text] of BREAKS) files[path] = `${files[path] ?? ''}${text}\n`;
    broken = await cruisePlanted(join(folder, 'broken'), files);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('let through what the table allows', () => {
    expect(clean.files.length).toBeGreaterThan(20);
    expect(clean.violations.filter(({ rule }) => rule !== 'no-orphan')).toEqual([]);
  });

  it.each(BREAKS)('report %s in %s', (rule, path) => {
    expect(
      broken.violations.filter(({ from }) => from === path).map((violation) => violation.rule),
    ).toContain(rule);
  });

  it('report nothing else than what was planted', () => {
    const planted = new Set(BREAKS.map(([, path]) => path));
    const others = broken.violations.filter(({ from, rule }) => !planted.has(from) && rule !== 'no-orphan');
    expect(others).toEqual([]);
  });

  it('explain themselves', () => {
    expect(broken.violations.filter(({ comment }) => comment.length < 40)).toEqual([]);
  });
});

describe('the table', () => {
  it('is in an order in which nobody imports what stands below, so that no circle of modules is possible', () => {
    const names = MODULES.map(({ name }) => name);
    const upward = MODULES.flatMap(({ name, mayImport }) =>
      mayImport.filter((other) => names.indexOf(other) >= names.indexOf(name) || !names.includes(other)),
    );
    expect(upward).toEqual([]);
  });
});

it('the real source is read whole and crosses no border', async () => {
  const { files, violations } = await cruiseSource(ROOT);
  expect(files.length).toBeGreaterThan(20);
  expect(violations).toEqual([]);
});
