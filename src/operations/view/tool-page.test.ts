import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { Host, OpenHost } from '#host';
import { PYTHONS, cachedTool } from '../../tools/testing/cached-tool.ts';
import { readProfile } from '#readers';
import type { ToolName } from '#tools';
import { makeReadable } from '../memray-recording.ts';
import { view } from './run.ts';
import { input } from './schema.ts';

const SCALENE = fileURLToPath(
  new URL('../../profiles/readers/scalene/fixtures/scalene.json', import.meta.url),
);
const PYTHON = PYTHONS.at(-1);

let folder: string;
let real: OpenHost;
let host: Host;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-view-')));
  real = createHost({ cwd: folder, env: { ...process.env, STROP_HOME: join(folder, 'home') } });
});

afterAll(async () => {
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The tool's folder; the host then finds it installed. */
async function haveTool(name: ToolName): Promise<string> {
  if (PYTHON === undefined) throw new Error('no Python');
  const tool = await cachedTool(name, PYTHON);
  host = { ...real, folders: { ...real.folders, data: dirname(dirname(dirname(tool.folder))) } };
  return tool.folder;
}

const context = () => ({ host, signal: new AbortController().signal, progress: () => undefined });

function show(words: object) {
  return view(context(), input.parse({ python: PYTHON?.executable, ...words }));
}

describe("a tool's own page", () => {
  it('is made by memray of its recording, without a word from the network, also when nobody named memray', async () => {
    const tool = await haveTool('memray');
    const program = join(folder, 'program.py');
    writeFileSync(program, 'kept = [bytes(1000) for _ in range(2000)]\n');
    const code = `import runpy, sys; sys.path.append(${JSON.stringify(tool)}); sys.argv[0] = "memray"; runpy.run_module("memray", run_name="__main__")`;
    const recorded = await real.processes.run({
      argv: [PYTHON?.executable ?? '', '-I', '-c', code, 'run', '-q', '-o', join(folder, 'out.bin'), program],
    });
    expect(recorded).toMatchObject({ ok: true });
    expect(await show({ file: 'out.bin', out: 'memray.html' })).toMatchObject({
      page: 'memray',
      format: 'memray',
    });
    const html = readFileSync(join(folder, 'memray.html'), 'utf8');
    // Not the text itself, which is too long for a message.
    expect(/<title>.*memray.*flamegraph/s.test(html)).toBe(true);
    expect(/<(?:script|link)[^>]+(?:src|href)="https?:/.exec(html)?.[0]).toBeUndefined();
    const bytes = readFileSync(join(folder, 'out.bin'));
    const file = { bytes, name: 'out.bin', path: join(folder, 'out.bin') };
    const known = await makeReadable(context(), file, { python: PYTHON?.executable, yes: false });
    const profile = readProfile(known.bytes, known.name);
    expect(profile).toMatchObject({ format: 'memray', shape: 'stacks' });
    expect(profile.frames.some(({ file: at }) => at?.endsWith('program.py') === true)).toBe(true);
    writeFileSync(join(folder, 'cut.bin'), readFileSync(join(folder, 'out.bin')).subarray(0, 40));
    await expect(show({ file: 'cut.bin', out: 'cut.html' })).rejects.toMatchObject({ code: 'bad-profile' });
  });

  it('is made by scalene of its JSON when asked for', async () => {
    await haveTool('scalene');
    expect(await show({ file: SCALENE, tool: 'scalene', out: 'scalene.html' })).toMatchObject({
      page: 'scalene',
    });
    expect(/<title>.*Scalene/is.test(readFileSync(join(folder, 'scalene.html'), 'utf8'))).toBe(true);
    expect(await show({ file: SCALENE, out: 'table.html' })).toMatchObject({ page: 'table' });
  });
});
