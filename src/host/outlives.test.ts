import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHost } from '#host';
import { isAlive, until } from './real-children.ts';

let folder = '';

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'strop-outlives-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([true, false])(
  'a child with outlives: %s survives the end of strop accordingly',
  async (outlives) => {
    const host = createHost();
    const file = (name: string): string => join(folder, `${name}-${outlives}`);
    const script = 'echo "$$ $STROP_MARK" > "$1"; while [ ! -e "$2" ]; do sleep 0.02; done; echo > "$3"';
    void host.processes.run({
      argv: ['sh', '-c', script, 'sh', file('begun'), file('go'), file('done')],
      env: { PATH: host.env['PATH'] },
      outlives,
    });
    const said = async (): Promise<string> => (await host.files.readText(file('begun'))) ?? '';
    await until(async () => (await said()).endsWith('\n'));
    const [pid = '', mark = ''] = (await said()).trim().split(' ');
    expect(mark === '').toBe(outlives);
    await host.close();
    if (outlives) {
      expect(isAlive(Number(pid))).toBe(true);
      await writeFile(file('go'), '');
      await until(async () => (await host.files.kind(file('done'))) === 'file');
    }
    await until(() => !isAlive(Number(pid)));
  },
);

it('a child gets bytes as they are', async () => {
  const host = createHost();
  const bytes = Uint8Array.from([0, 255, 10, 128]);
  const result = await host.processes.run({ argv: ['od', '-An', '-tx1'], stdin: bytes });
  expect(result.stdout.trim()).toBe('00 ff 0a 80');
  await host.close();
});
