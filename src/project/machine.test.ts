import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProject, findPython, readMachine } from '#project';
import { fakeHost } from '#host';
import { useTrees } from './testing/project-trees.ts';

const { host, tree } = useTrees();

describe('the facts of the machine', () => {
  it('are read from the real one, and the counters are really tried', async () => {
    const project = await findProject(host, tree({ 'a.py': '' }));
    const machine = await readMachine(host, await findPython(host, project));
    expect(machine.cores).toBeGreaterThan(0);
    expect(machine.memoryBytes).toBeGreaterThan(0);
    expect(machine.counters.reason).toMatch(
      host.platform === 'linux' ? /perf_event_open|ctypes|system call/ : /not read/,
    );
  });

  it('say that counters were not tried without an interpreter', async () => {
    expect((await readMachine(host)).counters.available).toBe(false);
  });

  it.each(['3.9.18', '3.13.0'])('tries the counters on CPython %s too', (name) => {
    const python = join(homedir(), '.pyenv', 'versions', name, 'bin', 'python');
    if (!existsSync(python)) return;
    const shim = join(host.folders.shims, '_strop', 'counters.py');
    const said = execFileSync(python, [shim, 'MARK'], { encoding: 'utf8' }).trim();
    expect(said).toMatch(/^MARK(counted|perf_event_open fails: .+|the counter .+|no system call .+)MARK$/);
  });

  it.each([
    ['0', 'same-user'],
    ['1', 'own-children'],
    ['2', 'root'],
    ['3', 'nobody'],
  ])('read ptrace_scope %s as %s', async (scope, allowed) => {
    const fake = fakeHost({ files: { '/proc/sys/kernel/yama/ptrace_scope': `${scope}\n` } });
    expect((await readMachine(fake)).ptrace.allowed).toBe(allowed);
  });

  it('read governor, boost, CPU limit and address randomization where the kernel shows them', async () => {
    const fake = fakeHost({
      files: {
        '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'powersave\n',
        '/sys/devices/system/cpu/intel_pstate/no_turbo': '1\n',
        '/sys/fs/cgroup/cpu.max': '150000 100000\n',
        '/proc/sys/kernel/randomize_va_space': '2\n',
        '/proc/cpuinfo': 'processor : 0\nflags\t\t: fpu vme hypervisor lm\n',
      },
    });
    expect(await readMachine(fake)).toMatchObject({
      governor: 'powersave',
      boost: false,
      cpuLimit: 1.5,
      addressRandomization: 2,
      runDelay: false,
      inside: 'virtual machine',
    });
  });
});
