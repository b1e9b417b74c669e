import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythons, testVenv } from '../scripts/pythons.mjs';
import { connectStdio, optionsFor, serveHttp } from './support/mcp.ts';
import type { Connected, ToolAnswer } from './support/mcp.ts';
import { survivors } from './support/processes.ts';
import { Stage, WORK, demoFiles, plainPython } from './support/stage.ts';
import { FAST, GRAIN, LOG, StepStage } from './support/step-stage.ts';

const MAKE = 'grain.report:make';
const BENCHMARK = 'benchmarks/test_speed.py::test_make';
const TITLE = 'Closed form of the sum';

/** A process that goes on by itself, with its time in one function. A step imports it, which must come back. */
const SERVE = `def spin(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


if __name__ == "__main__":
    print("ready", flush=True)
    while True:
        spin(20000)
`;

/** A comparison of equal code, which no margin lets end: it would go on for a minute. */
const LONG = { budget: '60s', meter: 'cpu', margin: '0%', fpr: '0.0001%' };

/** What the files beside the project hold. */
const SECRET = 'do-not-tell-4711';

type Given = Readonly<Record<string, unknown>>;

/** Names of the tools. From the list on, the client holds what each answers against its output schema. */
async function list({ client }: Connected): Promise<readonly string[]> {
  const { tools } = await client.listTools();
  return tools.map(({ name }) => name).sort();
}

/** Calls a tool that has to do its work; `kind` is that of the result, undefined for what has none. */
async function callGood(
  { call }: Connected,
  name: string,
  given: Given,
  kind: string | undefined,
): Promise<ToolAnswer> {
  const answer = await call(name, given);
  expect(answer.isError, `${name}: ${answer.text}`).toBe(false);
  expect(answer.text, name).toMatch(/\S/);
  expect(Buffer.byteLength(answer.text), name).toBeLessThanOrEqual(2_000);
  expect(answer.data.outcome, name).toMatch(/^(good|bad-news|undecided|running)$/);
  expect(answer.data.result?.['kind'], name).toBe(kind);
  return answer;
}

/** Calls a tool that has to refuse with these words. */
async function callRefused(
  { call }: Connected,
  name: string,
  given: Given,
  words: RegExp,
): Promise<ToolAnswer> {
  const answer = await call(name, given);
  expect(answer, name).toMatchObject({ isError: true, data: { outcome: 'failed' } });
  expect(answer.text, name).toMatch(words);
  expect(Buffer.byteLength(answer.text), name).toBeLessThanOrEqual(2_000);
  return answer;
}

/*
 * One campaign from the first look to its report. Each test goes on where the one before it ended, and the last of stdio holds
 * that no tool was left out.
 */
describe('an agent', () => {
  let stage: StepStage;
  let agent: Connected;
  let target: ChildProcess;
  /** The workload under which the recording of that process is kept. */
  let served: string;
  /** Two commits with equal code. */
  let equal: string;
  /** Names of the tools that there are. */
  let offered: readonly string[];
  /** Tools that did their work; one that only refused is none of them. */
  const worked = new Set<string>();
  /** What the user was asked. */
  const questions: string[] = [];
  /** What the user answers. */
  let agrees = false;

  beforeAll(async () => {
    stage = await StepStage.open();
    copyGriffe(stage);
    const files = { ...GRAIN, 'serve.py': SERVE, '.gitignore': '__pycache__/\n*.html\n' };
    const report = `${GRAIN['grain/report.py'] ?? ''}# older\n`;
    const older = stage.commit({ ...files, 'grain/report.py': report }, 'first');
    equal = `${older}..${stage.commit(files, 'second')}`;
    // Its environment has the sampler, so that nothing is installed.
    const { python } = await testVenv(findPythons().at(-1)?.version ?? '', ['py-spy==0.4.3']);
    target = spawn(python, ['serve.py'], { cwd: stage.repo, stdio: ['ignore', 'pipe', 'ignore'] });
    if (target.stdout !== null) await once(target.stdout, 'data');
    const options = optionsFor('newer', { capabilities: { elicitation: { form: {} } } });
    agent = await connectStdio(stage, options, (client) => {
      client.setRequestHandler('elicitation/create', ({ params }) => {
        questions.push(params.message);
        return agrees
          ? { action: 'accept' as const, content: { agree: true } }
          : { action: 'decline' as const };
      });
    });
    offered = await list(agent);
  });

  afterAll(async () => {
    target.kill('SIGKILL');
    await agent.close();
    expect(await survivors(stage.home)).toEqual([]);
    stage.close();
  });

  async function good(name: string, given: Given, kind: string | undefined): Promise<ToolAnswer> {
    const answer = await callGood(agent, name, given, kind);
    worked.add(name);
    return answer;
  }

  it('hears where it is and what there is, and what a benchmark would be', async () => {
    expect(agent.client.getNegotiatedProtocolVersion()).toMatch(/^2026/);
    expect((await good('status', {}, 'status')).text).toMatch(/baseline/);
    expect((await good('inspect', {}, 'inspection')).text).toContain(stage.repo);
    expect((await good('tools', { action: 'list' }, 'tools')).text).toMatch(/griffe +2\./);
    const dry = await good('scaffold', { targets: ['grain.evens:evens'], dryRun: true }, 'scaffold');
    expect(dry.text).toContain('test_benchmark_evens.py');
    expect(stage.git('status', '--porcelain')).toBe('');
  });

  it('looks into a process that runs, and asks about what it saw', async () => {
    const { pid } = target;
    const seen = await good('attach', { pid, duration: '1s' }, 'profile');
    served = String(seen.data.result?.['workload']);
    expect(served).toContain(`process ${String(pid)}`);
    expect((await good('dump', { pid }, 'dump')).text).toContain('serve.py');
    expect(target.exitCode).toBeNull();
    expect((await good('top', {}, 'answer')).text).toMatch(/serve\.py:\d +spin/);
    const { text } = await good('source', { target: 'serve.py:spin' }, 'annotated-source');
    expect(text).toContain('total += i * i');
    expect((await good('tree', {}, 'call-tree')).text).toMatch(/<module>.*\n.* spin/);
    expect((await good('callers', { name: 'spin' }, 'call-tree')).text).toContain('<module>');
    expect((await good('callees', { name: '<module>' }, 'call-tree')).text).toContain('spin');
    await good('view', { file: 'newest', print: true, out: 'seen.html' }, 'view');
    expect(stage.read('seen.html')).toContain('<!doctype html>');
  });

  it('saves a baseline, and hears which profile answers which question', async () => {
    const few = { pairs: 4, budget: '5s', snapshot: false };
    expect((await good('baseline', { workload: [MAKE], ...few }, 'baseline')).text).toContain(MAKE);
    const wanted = { workload: MAKE, tool: 'cprofile', duration: '200ms' };
    expect((await good('profile', wanted, 'profile')).text).toMatch(/is paid by squares/);
    const only = { workload: MAKE };
    expect((await good('top', only, 'answer')).text).toContain('squares');
    expect((await good('callers', { name: 'squares', ...only }, 'call-tree')).text).toContain('make');
    expect((await good('callees', { name: 'make', ...only }, 'call-tree')).text).toContain('squares');
    await callRefused(agent, 'tree', only, /^bad-request: cprofile records no stacks.*\nremedy: .*sampler/);
    const file = { target: 'grain/squares.py', ...only };
    await callRefused(agent, 'source', file, /know no lines of the project\nwhere: .*\nremedy: .*py-spy/);
  });

  it('proves a change, and has it committed', async () => {
    stage.write({ 'grain/squares.py': FAST.squares });
    const wanted = { workload: [BENCHMARK], budget: '20s', meter: 'cpu' };
    const compared = await good('compare', wanted, 'comparison');
    expect(compared).toMatchObject({ data: { outcome: 'good' } });
    expect(compared.text).toMatch(/FASTER/);
    const short = { workload: MAKE, tool: 'cprofile', rounds: 2, duration: '200ms' };
    expect((await good('diff', { before: 'HEAD', ...short }, 'profile-diff')).text).toMatch(
      /less .* squares/,
    );
    const step = await good('step', { title: TITLE, commit: true, workload: [MAKE], budget: '20s' }, 'step');
    expect(step, step.text).toMatchObject({ data: { outcome: 'good', result: { outcome: 'accepted' } } });
    expect(stage.git('show', '--no-patch', '--format=%s', 'HEAD')).toBe(TITLE);
    expect(stage.committedFiles()).toEqual(['grain/squares.py']);
  });

  it('closes the campaign', async () => {
    rmSync(join(stage.repo, LOG));
    expect((await good('log', { write: true }, 'log')).text).toContain(TITLE);
    expect(stage.read(LOG)).toContain(`### Optimization 1: ${TITLE}`);
    const checked = (await good('check', {}, 'check')).text;
    expect(checked).toMatch(/^\[x\] A baseline was saved/m);
    // Not told by what the diff recorded of the changed code.
    expect(checked).toMatch(/^\[x\] No optimizing of cold paths/m);
    expect((await good('report', {}, 'report')).text).toContain(TITLE);
  });

  it('gets the skill only when the user agrees, and can remove it again', async () => {
    const install = { action: 'install', claude: true };
    const config = join(stage.repo, '.mcp.json');
    agrees = false;
    await callRefused(agent, 'skill', install, /^bad-request: nothing was written, as you said/);
    expect(existsSync(config)).toBe(false);
    agrees = true;
    await good('skill', install, 'skill');
    expect(readFileSync(config, 'utf8')).toContain('"strop"');
    await good('skill', { action: 'remove' }, 'skill');
    expect(existsSync(config)).toBe(false);
    expect(questions).toEqual([
      expect.stringMatching(/install its skill for Claude Code/),
      expect.stringMatching(/install its skill for Claude Code/),
      expect.stringMatching(/remove its skill from Claude Code/),
    ]);
  });

  it('finds a run by its id, and ends one', async () => {
    const wanted = { ...LONG, workload: [MAKE], revisions: equal, detach: true };
    const { run } = (await good('compare', wanted, undefined)).data;
    expect((await good('result', { run }, undefined)).data).toMatchObject({ outcome: 'running', run });
    expect((await good('stop', { run }, undefined)).text).toBe(`run ${String(run)} has ended`);
    await callRefused(agent, 'result', { run }, /^interrupted: /);
  });

  it('has called every tool that there is', () => {
    expect([...worked].sort()).toEqual(offered);
  });

  it('reads and measures on HTTP as well', async () => {
    const server = await serveHttp(stage);
    try {
      const remote = await server.connect(optionsFor('older'));
      expect(remote.client.getNegotiatedProtocolVersion()).toMatch(/^2025/);
      expect(await list(remote)).toEqual(offered);
      const ask = (name: string, given: Given, kind: string | undefined) =>
        callGood(remote, name, given, kind);
      await ask('status', {}, 'status');
      await ask('inspect', {}, 'inspection');
      await ask('tools', { action: 'list' }, 'tools');
      const only = { workload: served };
      expect((await ask('top', only, 'answer')).text).toContain('spin');
      expect((await ask('source', { target: 'serve.py', ...only }, 'annotated-source')).text).toContain(
        'i * i',
      );
      expect((await ask('tree', only, 'call-tree')).text).toContain('spin');
      expect((await ask('callers', { name: 'spin', ...only }, 'call-tree')).text).toContain('<module>');
      expect((await ask('callees', { name: '<module>', ...only }, 'call-tree')).text).toContain('spin');
      await ask('check', {}, 'check');
      expect((await ask('report', {}, 'report')).text).toContain(TITLE);
      const wanted = { revisions: 'HEAD~1..HEAD', workload: [MAKE], budget: '20s', meter: 'cpu' };
      const { data, text } = await ask('compare', wanted, 'comparison');
      expect(data.outcome, text).toBe('good');
      expect((await ask('result', { run: data.run }, 'comparison')).data.result).toEqual(data.result);
      await remote.close();
    } finally {
      await server.stop();
    }
  });
});

describe('a server on stdio', () => {
  let stage: Stage;
  let agent: Connected;

  beforeAll(async () => {
    stage = new Stage();
    stage.commit(demoFiles(`${WORK}# older\n`), 'first');
    stage.commit(demoFiles(), 'second');
    stage.write({ 'secret.md': `${SECRET}\n`, 'secret.py': `# ${SECRET}\n` }, stage.folder);
    agent = await connectStdio(stage);
  });

  afterAll(async () => {
    await agent.close();
    expect(await survivors(stage.home)).toEqual([]);
    stage.close();
  });

  it('works below its start folder, and not on what else lies in the repository', async () => {
    stage.write({ 'other/setup.py': '', 'inner/setup.py': '', 'inner/deep/setup.py': '' });
    const inner = await connectStdio(stage, {}, undefined, ['--project', 'inner']);
    expect((await inner.call('inspect', { project: 'deep' })).isError).toBe(false);
    for (const project of ['..', '../other'])
      await callRefused(inner, 'inspect', { project }, /outside of the folders/);
    await inner.close();
  });

  it('takes no text with the character NUL, and names the argument', async () => {
    for (const [name, given, argument] of [
      ['compare', { workload: ['demo.core:work', 'demo\0.core:work'] }, 'workload'],
      ['profile', { stmt: 'pass\0' }, 'stmt'],
      ['source', { target: 'demo/core.py\0.raw' }, 'target'],
      ['inspect', { project: 'demo\0' }, 'project'],
      ['step', { title: 'One\0two' }, 'title'],
    ] as const) {
      const { data } = await callRefused(agent, name, given, /NUL/);
      expect(data.error, name).toMatchObject({ code: 'bad-request', where: argument });
    }
  });

  it('shows no line of a file outside of the project, whatever a profile in it names', async () => {
    const up = relative(stage.repo, '/');
    symlinkSync('/etc/passwd', join(stage.repo, 'demo', 'linked.py'));
    const rows = [
      `pw (${up}/etc/passwd:1) 50`,
      'absolute (/etc/passwd:1) 50',
      'linked (demo/linked.py:1) 50',
      'sibling (../secret.py:1) 50',
      'work (demo/core.py:4) 50',
    ];
    stage.write({ 'evil.raw': `${rows.join('\n')}\n` });
    const users = readFileSync('/etc/passwd', 'utf8').split('\n');
    const secrets = [SECRET, ...users.filter((line) => line !== '')];
    const hold = (name: string, { text, data }: ToolAnswer): void => {
      const said = `${text}\n${JSON.stringify(data)}`;
      expect(
        secrets.filter((secret) => said.includes(secret)),
        name,
      ).toEqual([]);
    };
    const top = await callGood(agent, 'top', { profiles: ['evil.raw'] }, 'answer');
    hold('top', top);
    // The frames were taken for lines of files: that of the project is shown.
    expect(top.text).toContain('total += i * i');
    expect(top.text).toContain('etc/passwd:1');
    const outside = /^bad-request: this path is outside of the folders/;
    const hidden = /^bad-request: this file was profiled, but it is not here/;
    for (const [target, words] of [
      [`${up}/etc/passwd`, outside],
      [`${up}/etc/passwd:pw`, outside],
      ['/etc/passwd', outside],
      ['demo/linked.py', outside],
      // No path that exists, but the end of one that the profile names.
      ['passwd', hidden],
      ['linked.py', hidden],
      ['secret.py', hidden],
    ] as const)
      hold(target, await callRefused(agent, 'source', { target, profile: ['evil.raw'] }, words));
  });

  it('reads no log that is a link to a file elsewhere', async () => {
    symlinkSync(join(stage.folder, 'secret.md'), join(stage.repo, LOG));
    const { contents } = await agent.client.readResource({ uri: 'strop://log' });
    expect(contents).toMatchObject([{ text: expect.stringMatching(/^There is no log yet/) as string }]);
    expect(JSON.stringify(contents)).not.toContain(SECRET);
  });

  it('keeps a run that was cancelled, as interrupted, under the id that its first progress told', async () => {
    const given = {
      ...LONG,
      workload: ['demo.core:work'],
      python: plainPython(),
      revisions: 'HEAD~1..HEAD',
    };
    const stop = new AbortController();
    const told: string[] = [];
    const progress = (message: string): void => {
      told.push(message);
      if (/demo\.core:work.*pair/.test(message)) stop.abort();
    };
    await expect(agent.call('compare', given, { signal: stop.signal, progress })).rejects.toThrow();
    const [, run = ''] = /^run (\S+)$/.exec(told[0] ?? '') ?? [];
    // It waits for the end: the client does not know when the server is done with what it cancelled.
    const { data } = await callRefused(agent, 'result', { run, wait: 50 }, /^interrupted: /);
    expect(data).toMatchObject({ run, error: { code: 'interrupted' } });
    const listed = await callGood(agent, 'result', {}, undefined);
    expect(listed.text).toContain(`${run}  compare  failed`);
  });
});

/** Tools are shared by a link that leads out of strop's home; a server reads none that lies elsewhere. */
function copyGriffe({ home }: Stage): void {
  const tools = join(home, 'data', 'tools');
  const shared = realpathSync(tools);
  rmSync(tools);
  cpSync(shared, tools, {
    recursive: true,
    filter(from) {
      const [, tool = 'griffe'] = relative(shared, from).split(sep);
      return tool.startsWith('griffe');
    },
  });
}
