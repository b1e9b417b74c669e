import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileDocument } from '#store';
import { findPythons, testVenv } from '../scripts/pythons.mjs';
import type { Ended } from './support/program.ts';
import { Stage, expectRefusal, plainPython } from './support/stage.ts';

/** One dear function, and a pool of threads that wait for work. */
const SERVE = `import queue, threading

jobs = queue.Queue()


def wait():
    jobs.get()


def dedupe(rows):
    seen = []
    for row in rows:
        if row not in seen:
            seen.append(row)
    return len(seen)


for _ in range(3):
    threading.Thread(target=wait, daemon=True).start()
print("ready", flush=True)
while True:
    dedupe(list(range(2000)))
`;

describe.skipIf(process.platform !== 'linux')('looking into a process that runs', () => {
  let stage: Stage;
  let target: ChildProcess;
  let pid: string;

  beforeAll(async () => {
    const newest = findPythons().at(-1);
    // In the environment of the project, so that nothing is installed.
    const { python } = await testVenv(newest?.version ?? '', ['py-spy==0.4.3']);
    stage = new Stage();
    stage.commit({ 'pyproject.toml': '[project]\nname = "demo"\nversion = "1.0"\n', 'serve.py': SERVE });
    target = spawn(python, ['serve.py'], { cwd: stage.repo, stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => target.stdout?.once('data', resolve));
    pid = String(target.pid);
  });

  afterAll(() => {
    target.kill('SIGKILL');
    stage.close();
  });

  function good(ended: Ended): string {
    expect(ended.code, ended.stderr).toBe(0);
    expect(target.exitCode).toBeNull();
    return ended.stdout;
  }

  it('says where its time goes, and keeps that for other questions', async () => {
    const text = good(await stage.strop(['attach', pid, '--duration', '2s']));
    expect(text).toMatch(/% is paid by dedupe/);
    expect(text).toMatch(/serve\.py:13 +dedupe +if row not in seen:/);
    // Threads that wait are no cost, however busy the machine is.
    expect(text).not.toMatch(/[1-9] % .*Queue\.get/);
    expect(good(await stage.strop(['top']))).toContain('dedupe');
  });

  it('says the same to programs, also by strop profile', async () => {
    const said = good(await stage.strop(['profile', '--pid', pid, '--duration', '1s', '--json']));
    const document = profileDocument.parse(JSON.parse(said));
    expect(document).toMatchObject({
      tool: 'py-spy',
      question: 'cpu',
      workload: `process ${pid}: python serve.py`,
      project: stage.repo,
      content: null,
    });
    expect(document.answer?.lines[0]).toMatchObject({ file: 'serve.py', function: 'dedupe' });
    expectRefusal(await stage.strop(['profile', '--pid', pid, 'serve:dedupe']), 'exclude each other');
  });

  it('says where each thread stands', async () => {
    const text = good(await stage.strop(['dump', pid]));
    expect(text).toContain('4 threads: 1 runs, 3 wait');
    expect(text).toMatch(/^3 alike: Thread-\d.* wait$/m);
    expect(Buffer.byteLength(text)).toBeLessThan(2000);
    const document = JSON.parse(good(await stage.strop(['dump', pid, '--locals', '--json']))) as {
      readonly threads: readonly { readonly frames: readonly { readonly locals: unknown }[] }[];
    };
    expect(document).toMatchObject({ kind: 'dump', version: 1, pid: Number(pid), folder: stage.repo });
    expect(document.threads).toHaveLength(4);
    expect(JSON.stringify(document.threads)).toContain('"name":"rows"');
  });

  it('refuses what it cannot look into, and says why', async () => {
    expectRefusal(await stage.strop(['attach', '3999999']), 'there is no such process');
    expectRefusal(await stage.strop(['dump', String(process.pid)]), 'this is no Python process');
    expectRefusal(
      await stage.strop(['attach', pid, '--tool', 'cprofile']),
      'cannot look into a process that runs already',
    );
    expectRefusal(
      await stage.strop(['dump', pid, '--python', plainPython()]),
      'py-spy is needed and not installed',
      'strop tools install py-spy --yes',
    );
  });
});
