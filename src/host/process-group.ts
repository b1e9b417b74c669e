import { spawn } from 'node:child_process';

/** Signals every process of a group; a group that is gone already is fine. On Windows every signal kills. */
export function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/PID', String(group), '/T', '/F'], { windowsHide: true, stdio: 'ignore' }).on(
      'error',
      () => {
        killOne(group);
      },
    );
    return;
  }
  try {
    process.kill(-group, signal);
  } catch {
    // ESRCH: gone. EPERM: only zombies are left (macOS).
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone.
  }
}
