import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import { findProject, findPython } from '#project';
import { openRun, parseRevisions, prepareSides } from '#revisions';
import type { PreparedSides, Side } from '#revisions';
import { speedSource, tinyExtension } from '../testing/tiny-extension.ts';
import { GIT_ENVIRONMENT, listTree, openStage, takeSnapshot, writeFiles } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

const execute = promisify(execFile);

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const compiler = works('cc', '--version');
const uv = works('uv', '--version');

let stage: Stage;
/** The project's own environment, inside the repository and ignored. */
let venv: string;
let site: string;
/** Wheels that stand for the index; pip splits the setting for it at spaces. */
let links: string;

beforeEach(async () => {
  links = await fs.mkdtemp(join(os.tmpdir(), 'strop-wheels-'));
  stage = await openStage();
  venv = join(stage.repo, '.venv');
  await execute('python3', ['-m', 'venv', '--without-pip', venv]);
  const [version = ''] = await fs.readdir(join(venv, 'lib'));
  site = join(venv, 'lib', version, 'site-packages');
  await stage.write({ '.gitignore': '.venv/\n*.so\n' });
});

afterEach(async () => {
  await stage.close();
  await fs.rm(links, { recursive: true });
});

/** Puts a distribution with one module into the project's environment. */
async function install(name: string, version: string): Promise<void> {
  await writeFiles(site, {
    [`${name}.py`]: `VERSION = ${JSON.stringify(version)}\n`,
    [`${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  });
}

/** Puts a distribution with one module into the index. */
async function offer(name: string, version: string, needs = ''): Promise<void> {
  const code = `
import sys, zipfile
name, version, folder, needs = sys.argv[1:]
needs = needs and "Requires-Dist: %s\\n" % needs
info = "%s-%s.dist-info/" % (name, version)
with zipfile.ZipFile("%s/%s-%s-py3-none-any.whl" % (folder, name, version), "w") as wheel:
    wheel.writestr(name + ".py", "VERSION = %r\\n" % version)
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n%s" % (name, version, needs))
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "%s.py,,\\n%sMETADATA,,\\n%sWHEEL,,\\n%sRECORD,,\\n" % (name, info, info, info))
`;
  await execute('python3', ['-c', code, name, version, links, needs]);
}

/** As `stage.prepare`, with the project's real interpreter and without an index. */
async function prepare(
  revisions?: string,
  more: { env?: Record<string, string | undefined>; says?: string[]; host?: Stage['host'] } = {},
): Promise<PreparedSides> {
  const env = {
    ...process.env,
    ...GIT_ENVIRONMENT,
    STROP_HOME: join(stage.folder, 'strop home'),
    VIRTUAL_ENV: undefined,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: links,
    UV_OFFLINE: '1',
    UV_NO_INDEX: '1',
    UV_FIND_LINKS: links,
    ...more.env,
  };
  const host = createHost({ cwd: stage.repo, env });
  try {
    const project = await findProject(host, stage.repo);
    const python = await findPython(host, project);
    // Closed with the stage, so that the sides outlive this call.
    const run = await openRun(stage.host);
    return await prepareSides(host, project, parseRevisions(revisions), {
      run,
      python,
      progress: (text) => more.says?.push(text),
    });
  } finally {
    await host.close();
  }
}

/** What Python prints on one side: with the source roots in front, or bare as after an import hook that failed. */
async function ask(side: Side, code: string, roots = side.sourceRoots): Promise<string> {
  const front = `import sys; sys.path[:0] = ${JSON.stringify(roots)}; `;
  const { stdout } = await execute(side.python, ['-c', front + code], { cwd: stage.folder });
  return stdout.trim();
}

describe('a project of Python files', () => {
  it('uses its own environment for both sides when the lock files are equal', async () => {
    await stage.write({ 'pkg.py': 'x = 1\n', 'requirements.txt': 'dep==1.0\n' });
    await stage.commit();
    await stage.write({ 'pkg.py': 'x = 2\n' });
    const { a, b, doubts } = await prepare();
    expect(a.python).toBe(join(venv, 'bin/python'));
    expect(b.python).toBe(a.python);
    expect(doubts).toEqual([]);
    await expect(fs.stat(join(stage.folder, 'strop home/cache/environments'))).rejects.toThrow();
  });

  it('uses it as well when the locks differ in packages that are not installed', async () => {
    await stage.write({ 'pkg.py': 'x = 1\n', 'requirements.txt': 'pywin32==1\n' });
    await stage.commit();
    await stage.write({ 'requirements.txt': 'pywin32==2\n' });
    const { a, b } = await prepare();
    expect(a.python).toBe(join(venv, 'bin/python'));
    expect(b.python).toBe(a.python);
  });
});

describe('lock files that differ', () => {
  beforeEach(async () => {
    await install('dep', '2.0');
    await install('other', '5.0');
    await stage.write({ 'pkg.py': 'import dep\n', 'requirements.txt': 'dep==1.0\nother==5.0\n' });
    await stage.commit();
    await stage.write({ 'requirements.txt': 'dep==2.0\nother==5.0\n' });
  });

  const versions = 'import dep, other; print(dep.VERSION, other.VERSION)';

  it('give each side its versions, and borrow the rest from the project, which stays as it was', async () => {
    await offer('dep', '1.0');
    const before = await takeSnapshot(stage.repo);
    const { a, b, doubts } = await prepare();
    expect(await ask(a, versions)).toBe('1.0 5.0');
    expect(await ask(b, versions)).toBe('2.0 5.0');
    expect(a.python).toHaveLength(b.python.length);
    expect(a.python).not.toBe(b.python);
    expect(doubts.map((doubt) => doubt.code)).toEqual(['environments-differ']);
    expect(doubts[0]?.text).toContain('dep 1.0 -> 2.0');
    expect(await takeSnapshot(stage.repo)).toEqual(before);
  });

  it('are built once and found again, and built anew when the environment has lost its interpreter', async () => {
    await offer('dep', '1.0');
    const says: string[] = [];
    const first = await prepare(undefined, { says });
    expect(says).toHaveLength(2);
    const again = await prepare(undefined, { says });
    expect(again.a.python).toBe(first.a.python);
    expect(says).toHaveLength(2);
    await fs.rm(first.a.python);
    const repaired = await prepare(undefined, { says });
    expect(says).toHaveLength(3);
    expect(await ask(repaired.a, versions)).toBe('1.0 5.0');
  });

  it('are built by two strops at once without harm', async () => {
    await offer('dep', '1.0');
    const both = await Promise.all([prepare(), prepare()]);
    for (const sides of both) expect(await ask(sides.a, versions)).toBe('1.0 5.0');
  });

  it('end with a clear error when the version cannot be had, and leave nothing half built', async () => {
    await expect(prepare()).rejects.toMatchObject({
      code: 'environment-failed',
      facts: {
        problem: 'cannot install dep==1.0',
        detail: expect.stringContaining('dep==1.0') as unknown,
      },
    });
    // The other side's is whole and stays for the next time.
    const left = await fs.readdir(join(stage.folder, 'strop home/cache/environments'));
    const entered = left.filter((name) => name.endsWith('.json')).map((name) => name.replace('.json', ''));
    expect(left.filter((name) => !name.endsWith('.json')).map((name) => name.slice(0, 32))).toEqual(entered);
    expect(entered.length).toBeLessThan(2);
  });

  it('go on with a doubt where a package is locked on one side only and cannot be had', async () => {
    await offer('dep', '1.0');
    await stage.write({ 'requirements.txt': 'dep==2.0\nother==5.0\nexotic==1\n' });
    const { doubts } = await prepare();
    expect(doubts.map((doubt) => doubt.code)).toEqual(['environments-differ', 'environment-not-rebuilt']);
    expect(doubts[1]?.text).toContain('exotic==1');
  });

  it('let what a requirement depends on have another version than the project where it must, and say so', async () => {
    await offer('dep', '1.0');
    await offer('eager', '3.0', 'dep>=3');
    await offer('dep', '3.0');
    await stage.write({ 'requirements.txt': 'eager>=3\nother==5.0\n' });
    const { b, doubts } = await prepare();
    expect(await ask(b, versions)).toBe('3.0 5.0');
    expect(doubts.map((doubt) => doubt.text).join(' ')).toMatch(
      /what eager>=3 depends on may have other versions/,
    );
  });

  it('name the tool whose lock entries cannot be rebuilt', async () => {
    const lock = (rev: string): string =>
      `[[package]]\nname = "dep"\nversion = "1"\n[package.source]\ntype = "git"\nreference = "${rev}"\n`;
    await stage.write({ 'poetry.lock': lock('one') });
    await stage.commit();
    await stage.write({ 'poetry.lock': lock('two') });
    const { a, b, doubts } = await prepare();
    expect(a.python).toBe(b.python);
    expect(doubts.map((doubt) => doubt.code)).toEqual(['environment-not-rebuilt']);
    expect(doubts[0]?.text).toContain('poetry.lock');
  });

  it.skipIf(!uv)('are installed by uv where it is present', async () => {
    await offer('dep', '1.0');
    const { a } = await prepare();
    const packages = join(a.python, '../../lib');
    const [version = ''] = await fs.readdir(packages);
    const installer = join(packages, version, 'site-packages/dep-1.0.dist-info/INSTALLER');
    expect(await fs.readFile(installer, 'utf8')).toBe('uv');
  });
});

describe.skipIf(!compiler)('a project with a compiled module', () => {
  const where = 'import tiny, tiny._speed as s; print(tiny.answer(), tiny.__file__, s.__file__, sep="\\n")';

  beforeEach(async () => {
    await stage.write(tinyExtension(1));
    await stage.commit('answers 1');
    await stage.write({ 'src/tiny/_speed.c': speedSource(2) });
    await install('dep', '2.0');
    // Installed editable, as it usually is: by a path, and by a hook that would go before everything.
    await writeFiles(site, {
      '__editable__.tiny-1.0.pth': `import sys; sys.path.insert(0, ${JSON.stringify(join(stage.repo, 'src'))})\n`,
      'tiny-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n',
      'tiny-1.0.dist-info/RECORD': '__editable__.tiny-1.0.pth,,\n',
      'tiny-1.0.dist-info/direct_url.json': JSON.stringify({
        url: new URL(`file://${stage.repo}`).href,
        dir_info: { editable: true },
      }),
      'easy-install.pth': `${join(stage.repo, 'src')}\n`,
    });
    await fs.writeFile(join(stage.repo, 'src/tiny/_speed.so'), 'built in place by the user');
  });

  it('is compiled for each side, and each side imports its own', async () => {
    const before = await takeSnapshot(stage.repo);
    const says: string[] = [];
    const { a, b, doubts } = await prepare(undefined, { says });
    // Both at once: either may be the first to say so.
    expect(says.sort()).toEqual([
      'building HEAD (side A) in an environment of its own',
      'building working tree (side B) in an environment of its own',
    ]);
    for (const [side, answer] of [
      [a, '1'],
      [b, '2'],
    ] as const) {
      const [said, ...files] = (await ask(side, where)).split('\n');
      expect(said).toBe(answer);
      for (const file of files) expect(file.startsWith(side.root)).toBe(true);
      // Without the source roots it is the installed copy, which is of the same side.
      const [installed, ...owned] = (await ask(side, where, [])).split('\n');
      expect(installed).toBe(answer);
      for (const file of owned) expect(side.ownFolders.some((folder) => file.startsWith(folder))).toBe(true);
      expect(await ask(side, 'import dep; print(dep.VERSION)')).toBe('2.0');
    }
    expect(a.python).toHaveLength(b.python.length);
    expect(a.root).toHaveLength(b.root.length);
    // The build leaves no litter, and the user's own build is not taken.
    const tree = await listTree(b.root);
    expect(tree).toContain('src/tiny/_generated.py');
    expect(tree.filter((path) => /litter|_speed\.so|wheel|egg-info/.test(path))).toEqual([]);
    expect(doubts).toEqual([]);
    expect(await takeSnapshot(stage.repo)).toEqual(before);
  });

  it('says that it was built where the working tree is not', async () => {
    await fs.rm(join(stage.repo, 'src/tiny/_speed.so'));
    const { doubts } = await prepare();
    expect(doubts.map(({ code }) => code)).toEqual(['compiled-parts']);
    expect(doubts[0]?.text).toContain('(pyproject.toml:8)');
  });

  it('is refused with what the compiler says when it cannot be built', async () => {
    await stage.write({ 'src/tiny/_speed.c': 'this is no C\n' });
    await expect(prepare()).rejects.toMatchObject({
      code: 'environment-failed',
      facts: {
        problem: 'the project cannot be built',
        where: 'environment of side B',
        detail: expect.stringContaining('_speed.c') as unknown,
      },
    });
  });
});
