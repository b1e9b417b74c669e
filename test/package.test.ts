import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

describe('the package', () => {
  let folder = '';
  let strop = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'strop-package-'));
    const env = { ...process.env, npm_config_cache: join(folder, 'npm') };
    // The build is there already: what is tested is what would be published.
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
      env,
      stdio: 'pipe',
    });
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const prefix = join(folder, 'prefix');
    execFileSync(
      'npm',
      ['install', '--global', '--offline', '--prefix', prefix, join(folder, tarball ?? '')],
      { env, stdio: 'pipe' },
    );
    strop = join(prefix, 'bin', 'strop');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(...words: string[]): string {
    const project = join(folder, 'project');
    cpSync(join(ROOT, 'fixtures', 'projects', 'plain'), project, { recursive: true });
    const env = { ...process.env, STROP_HOME: join(folder, 'home') };
    return execFileSync(strop, words, {
      cwd: project,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  it('installs without dependencies and tells its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(run('--version').trim()).toBe(version);
  });

  it('brings its Python shims along: inspecting and profiling work', () => {
    expect(run('inspect')).toMatch(/interpreter +\S+python/);
    expect(run('profile', '--stmt', 'run()', '--setup', 'def run(): return sum(range(1000))')).toContain(
      'at most',
    );
  });

  it('brings the viewer along: a profile becomes one page to send', () => {
    const fixture = join(ROOT, 'src/profiles/readers/speedscope/fixtures');
    const [profile = ''] = readdirSync(fixture).filter((name) => name.endsWith('.speedscope.json'));
    expect(run('view', join(fixture, profile), '--print')).toContain('needs no network');
    const page = readFileSync(join(folder, 'project', `${profile}.html`), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
  });
});
