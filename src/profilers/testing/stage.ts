import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { costFunctions } from '#profiles';
import type { Profile } from '#profiles';
import { readProfile } from '#readers';
import type { Side } from '#revisions';
import { PYTHONS, cachedTool } from '../../tools/testing/cached-tool.ts';
import type { ToolPython } from '#tools';
import { parseCallable } from '#workloads';
import { openKit, recordCommand, recordHeld } from '#profilers';
import type { Ask, Kit, Profiler, RecordedFile, RecordRequest } from '#profilers';

/** The program: one dear line in `dedupe`, a library, and a function that allocates. */
const FILES = {
  'shop.py': `import copy
import time


def dedupe(rows):
    seen, kept = [], []
    for row in rows:
        if row["name"] not in seen:
            seen.append(row["name"])
            kept.append(copy.deepcopy(row))
    return kept


def report(count=1500):
    rows = [{"name": "item %d" % (n % 300), "tags": ["a"]} for n in range(count)]
    return len(dedupe(rows))


def hoard(megabytes=8):
    blocks = [bytearray(1024 * 1024) for _ in range(megabytes)]
    return len(blocks)


def wait(seconds=0.05):
    time.sleep(seconds)


def quick():
    return 1
`,
  'app.py': `import sys
import time
import shop

end = time.perf_counter() + float(sys.argv[1])
while time.perf_counter() < end:
    shop.report()
sys.exit(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
`,
} as const;

/** The newest Python of this machine for which tools are cached, or undefined. */
export const python: ToolPython | undefined = PYTHONS.findLast((one) => existsSync(one.executable));

/** A small project, a real host, and a tool that is really installed. */
export class Stage {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-profilers-')));
  readonly host: OpenHost = createHost();
  readonly signal = new AbortController().signal;

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries({ ...FILES, ...files })) {
      const path = join(this.folder, 'project', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    mkdirSync(join(this.folder, 'run', 'tmp'), { recursive: true });
  }

  get project(): string {
    return join(this.folder, 'project');
  }

  get python(): ToolPython {
    if (python === undefined) throw new Error('there is no Python for the tests');
    return python;
  }

  get side(): Side {
    return {
      label: 'B',
      revision: { kind: 'working-tree', name: 'working tree', commit: '', contentId: '', clean: false },
      root: this.project,
      project: this.project,
      sourceRoots: [this.project],
      modules: ['shop'],
      python: this.python.executable,
      ownFolders: [],
    };
  }

  async kit(profiler: Profiler): Promise<Kit> {
    const { needs } = profiler;
    const tool = needs === undefined ? undefined : await cachedTool(needs, this.python);
    return openKit(this.host, this.python.executable, tool);
  }

  #recordings = 0;

  ask(more: Partial<Ask> = {}): Ask {
    this.#recordings += 1;
    const folder = join(this.folder, `out-${String(this.#recordings)}`);
    mkdirSync(folder);
    return {
      question: 'cpu',
      seconds: 1,
      rateHz: 250,
      native: false,
      deep: false,
      functions: [],
      folder,
      project: this.project,
      version: this.python.version,
      ...more,
    };
  }

  async request(profiler: Profiler, more: Partial<Ask> = {}): Promise<RecordRequest> {
    return { profiler, kit: await this.kit(profiler), ask: this.ask(more), signal: this.signal };
  }

  /** Records a callable that strop holds. */
  async held(profiler: Profiler, callable: string, more: Partial<Ask> = {}): Promise<RecordedFile> {
    const workload = parseCallable(callable);
    if (workload === undefined) throw new Error(`${callable} is no callable`);
    const worker = { runFolder: join(this.folder, 'run'), timeoutMs: 60_000 };
    return recordHeld(this.host, await this.request(profiler, more), this.side, workload, worker);
  }

  /** Records a whole program. */
  async command(
    profiler: Profiler,
    argv: readonly [string, ...string[]],
    more: Partial<Ask> = {},
    limitSeconds?: number,
  ): Promise<RecordedFile> {
    return recordCommand(this.host, await this.request(profiler, more), {
      workload: { kind: 'command', id: argv.join(' '), argv },
      cwd: this.project,
      env: { ...this.host.env, PYTHONDONTWRITEBYTECODE: '1' },
      timeoutMs: 60_000,
      inheritsInput: false,
      limitSeconds,
    });
  }

  /** The recording as strop would answer from it. */
  clean(profiler: Profiler, recorded: RecordedFile): Profile {
    const roots = { project: [this.project], stdlib: [], dependencies: [] };
    const profile = readProfile(recorded.bytes, recorded.path);
    return profiler.clean(profile, { roots, shimFolder: this.host.folders.shims }).profile;
  }

  async close(): Promise<void> {
    await this.host.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Own cost of the functions of the project by name, as shares of the whole. */
export function ownShares(profile: Profile, metric = 0): Readonly<Record<string, number>> {
  const costs = costFunctions(profile, metric);
  const own = costs.functions.filter(({ frame }) => profile.frames[frame]?.origin === 'mine');
  return Object.fromEntries(
    own.map(({ frame, own: cost }) => [profile.frames[frame]?.name ?? '', cost / costs.total]),
  );
}

/** Files of strop, of tools and of launchers that are left in a profile: there must be none. */
export function foreignTo(profile: Profile): readonly string[] {
  const costs = profile.shape === 'stacks' ? profile.nodes : profile.rows;
  const files = new Set(costs.map(({ frame }) => profile.frames[frame]?.file ?? ''));
  return [...files].filter((file) => /_strop|runpy|\/tools\/py|kernprof/.test(file));
}
