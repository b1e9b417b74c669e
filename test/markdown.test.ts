import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythons } from '../scripts/pythons.mjs';
import { UnmarkedBlock, commandLines, findBlocks } from './markdown-blocks/blocks.ts';
import { ShopGround, openWorkshop } from './markdown-blocks/ground.ts';
import type { Workshop } from './markdown-blocks/ground.ts';
import { runBlocks } from './markdown-blocks/shell.ts';
import type { Failure } from './markdown-blocks/shell.ts';
import { BENCHMARK } from './markdown-blocks/shop.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CHEATSHEET = 'skill/references/tools-cheatsheet.md';
const PATTERNS = 'skill/references/patterns';

/** A page waits for those before it in its lane, and all of them for whatever else the machine does. */
const PATIENCE_MS = 900_000;

/** Pages whose blocks are run, in two lanes at a time, each page in a project and a shell of its own. */
const LANES: readonly (readonly string[])[] = [
  ['skill/SKILL.md'],
  [CHEATSHEET, 'README.md', 'skill/references/patterns.md', 'skill/references/gaming-guards.md'],
];

const readPage = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});

async function tryPage(
  page: string,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly Failure[]> {
  const ground = new ShopGround(workshop, files);
  try {
    return await runBlocks(findBlocks(page), ground);
  } finally {
    ground.close();
  }
}

describe('the commands of the pages', () => {
  const outcomes = new Map<string, Promise<readonly Failure[]>>();

  beforeAll(() => {
    for (const lane of LANES) {
      let before: Promise<unknown> = Promise.resolve();
      for (const path of lane) {
        const outcome = before.then(() =>
          tryPage(readPage(path), path === CHEATSHEET || path === 'README.md' ? BENCHMARK : {}),
        );
        outcomes.set(path, outcome);
        before = outcome.catch(() => undefined);
      }
    }
  });

  afterAll(async () => {
    const all = await Promise.allSettled(outcomes.values());
    if (all.every((one) => one.status === 'fulfilled' && one.value.length === 0)) workshop.complete();
  });

  it('are those of the README and of all pages of the skill', () => {
    const ofSkill = readdirSync(join(ROOT, 'skill'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => `skill/${path.replaceAll('\\', '/')}`);
    expect(LANES.flat().toSorted()).toEqual(['README.md', ...ofSkill].toSorted());
  });

  it.each(LANES.flat())(
    '%s: every block does what the page says',
    async (path) => {
      const failures = await outcomes.get(path);
      expect(failures, failures?.map(({ line, why }) => `line ${line}: ${why}`).join('; ')).toEqual([]);
    },
    PATIENCE_MS,
  );
});

it('a block that another page runs has only lines that are run there', () => {
  for (const path of LANES.flat())
    for (const block of findBlocks(readPage(path))) {
      if (!('runsIn' in block.what)) continue;
      const other = findBlocks(readPage(block.what.runsIn)).filter(({ what }) => 'codes' in what);
      expect(other.flatMap(commandLines)).toEqual(expect.arrayContaining(commandLines(block) as string[]));
    }
});

/** A page with one block a command, each expected to print the text behind it. */
function planted(...blocks: readonly (readonly [commands: string, marker: string])[]): string {
  return blocks
    .map(([commands, marker]) => `<!-- runs: marker "${marker}" -->\n\`\`\`sh\n${commands}\n\`\`\`\n`)
    .join('');
}

describe('a wrong block', () => {
  it('is found by its line: a flag that no tool knows, in the middle of a block, too', async () => {
    const page = planted(
      ['python -m cProfile -o out.prof app.py 0.01', 'days'],
      ['python -m cProfile --outt out.prof app.py 0.01', ' '],
      ['strop inspect', 'interpreter'],
      ['strop inspect --niose\nstrop --version', ' '],
      ['python -m pytest -q --benchmark-onyl || true', 'passed'],
    );
    const failures = await tryPage(page);
    expect(failures.map(({ line, why }) => [line, why])).toEqual([
      [6, 'it ended with 2, not 0'],
      [14, 'it ended with 2, not 0'],
      [19, 'it did not print "passed"'],
    ]);
    expect(failures[0]?.printed).toContain('no such option: --outt');
    expect(failures[1]?.printed).toContain('--niose');
  });

  it('goes on in the folder and with the variables of the one before it, and never hides what it left out', async () => {
    const page = planted(
      ['mkdir deep && cd deep && export WHERE=here', ''],
      ['echo "$WHERE in $(basename "$PWD")"', 'here in deep'],
    )
      .replace('marker ""', 'file "deep"')
      .concat('<!-- runs: needs "no-such-program" marker "x" -->\n```sh\nno-such-program\n```\n');
    expect(await tryPage(page)).toEqual([]);
  });

  it.each([
    ['without a word above it', '```sh\nls\n```', 'nothing above the block says how it is run'],
    ['of which nothing is expected', '<!-- runs: exit 0 -->\n```sh\nls\n```', 'no marker and no file'],
    ['with a directive that is misspelt', '<!-- runs: marker "a" exti 1 -->\n```sh\nls\n```', "'exti 1'"],
    ['without an end', '<!-- runs: marker "a" -->\n```sh\nls\n', 'has no end'],
  ])('%s is refused', (_name, page, message) => {
    expect(() => findBlocks(page)).toThrow(UnmarkedBlock);
    expect(() => findBlocks(page)).toThrow(message);
  });

  it('is not run where the page says why, and only what is typed at a prompt is run', () => {
    const page =
      '*Not run by the tests: no reason.*\n```bash\nrm\n```\n<!-- runs: marker "2" -->\n```console\n$ echo 2\n2\n```\n```toml\na = 1\n```\n';
    expect(findBlocks(page)).toMatchObject([
      { line: 2, what: { notRun: 'no reason.' } },
      { line: 6, commands: 'echo 2', what: { markers: ['2'], codes: [0] } },
    ]);
  });
});

describe('the patterns', () => {
  const names = readdirSync(join(ROOT, PATTERNS)).filter((name) => !name.includes('.'));

  it('stand in the table with their numbers, each once', () => {
    const listed = [
      ...readPage(`${PATTERNS}.md`).matchAll(
        /^\| \[([\w-]+)\]\(patterns\/([\w-]+)\) \| (?:faster|slower|no difference) \|/gm,
      ),
    ];
    expect(listed.map(([, name]) => name)).toEqual(names.toSorted());
    for (const [, name, folder] of listed) expect(folder).toBe(name);
  });

  it('give the same answer before and after, on every supported Python', () => {
    const code = [
      'import runpy, sys',
      'for name in sys.argv[1:]:',
      '    before, after = (runpy.run_path("%s/%s.py" % (name, side))["run"] for side in ("before", "after"))',
      '    first = before(), after()',
      '    if first != (after(), before()) or first[0] != first[1] or first[0] is None: print(name)',
    ].join('\n');
    for (const { python } of findPythons()) {
      const ended = spawnSync(python, ['-c', code, ...names], {
        cwd: join(ROOT, PATTERNS),
        encoding: 'utf8',
      });
      expect(ended).toMatchObject({ stdout: '', stderr: '', status: 0 });
    }
  });
});
