import { describe, expect, it } from 'vitest';
import { fakeHost, whenRun } from '#host';

describe('the scripted host', () => {
  it('keeps files, folders and links in memory as a disk does', async () => {
    const { files, tree } = fakeHost({
      files: { '/p/a.txt': 'a', '/p/deep/b.txt': 'b', '/p/link': { link: 'deep/b.txt' } },
    });
    expect(await files.list('/p')).toEqual([
      { name: 'a.txt', kind: 'file' },
      { name: 'deep', kind: 'folder' },
      { name: 'link', kind: 'link' },
    ]);
    expect(await files.readText('/p/link')).toBe('b');
    expect(await files.real('/p/link')).toBe('/p/deep/b.txt');
    expect(await files.readText('/p/none')).toBeUndefined();
    expect(await files.create('/p/a.txt', 'new')).toBe(false);
    await files.writeAtomically('/q/c.txt', 'c');
    await files.copy('/p/link', '/q/link');
    expect(await files.move('/p/deep', '/p/moved/deep')).toBe(true);
    expect(await files.move('/p/moved/deep', '/p/deep')).toBe(true);
    await files.remove('/p/deep');
    expect(tree()).toEqual({ '/p/a.txt': 'a', '/q/c.txt': 'c' });
    expect(await files.kind('/q/link')).toBe('link');
    await expect(files.readText('/p')).rejects.toMatchObject({ code: 'disk' });
  });

  it('answers a child by its script and remembers what was run', async () => {
    const host = fakeHost({
      answers: [
        whenRun(['git', 'status'], { stdout: 'clean' }),
        whenRun(['git'], { exitCode: 128, stderr: 'no' }),
      ],
    });
    expect(await host.processes.run({ argv: ['git', 'status', '-s'] })).toMatchObject({
      ok: true,
      stdout: 'clean',
    });
    expect(await host.processes.run({ argv: ['git', 'log'] })).toMatchObject({ ok: false, exitCode: 128 });
    expect(await host.processes.run({ argv: ['uv'] })).toMatchObject({ ok: false, startError: 'ENOENT' });
    expect(host.ran.map((command) => command.argv[0])).toEqual(['git', 'git', 'uv']);
  });

  it('lets a scripted worker speak, hang and end', async () => {
    const host = fakeHost({
      worker: () => (line) =>
        line === undefined ? ['ready'] : line === 'stop' ? 'end' : line === 'wait' ? 'hang' : [`got ${line}`],
    });
    const worker = host.processes.startWorker({ argv: ['w'], cwd: '/', env: {} });
    worker.send('x');
    expect(worker.unread()).toBe(2);
    expect(await worker.receive(1)).toMatchObject({ line: 'ready' });
    expect(await worker.receive(1)).toMatchObject({ line: 'got x' });
    worker.send('wait');
    expect(await worker.receive(1)).toEqual({ kind: 'timeout' });
    worker.send('stop');
    expect(await worker.receive(1)).toMatchObject({ kind: 'ended', exitCode: 0 });
  });

  it('moves its clock only when told', async () => {
    const host = fakeHost({ date: '2026-03-01T00:00:00.000Z' });
    const woken: string[] = [];
    const long = host.clock.sleep(2000).then(() => woken.push('long'));
    const short = host.clock.sleep(500).then(() => woken.push('short'));
    host.advance(600);
    await short;
    expect(woken).toEqual(['short']);
    host.advance(1400);
    await long;
    expect(host.clock.nowNs()).toBe(2e9);
    expect(host.clock.date()).toBe('2026-03-01T00:00:02.000Z');
  });
});
