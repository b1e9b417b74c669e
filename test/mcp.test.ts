import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStdio, optionsFor, serveHttp, startClientProcess } from './support/mcp.ts';
import type { Connected, ToolAnswer } from './support/mcp.ts';
import { PROGRAM } from './support/program.ts';
import { findProcesses, survivors, until } from './support/processes.ts';
import { FASTER_WORK, Stage, WORK, demoFiles, plainPython } from './support/stage.ts';

const GENERATIONS = ['older', 'newer'] as const;

/** A comparison of equal code, which no margin lets end: it would go on for a minute. */
const LONG = {
  workload: ['demo.core:work'],
  python: plainPython(),
  budget: '60s',
  meter: 'cpu',
  margin: '0%',
  fpr: '0.0001%',
  revisions: 'HEAD~1..HEAD',
};
/** Decided after some pairs; the budget is for a crowded machine. */
const SHORT = { workload: ['demo.core:work'], python: plainPython(), budget: '30s', meter: 'cpu' };

let stage: Stage;

beforeAll(() => {
  stage = new Stage();
  stage.commit(demoFiles(`${WORK}# older\n`), 'first');
  stage.commit(demoFiles(), 'second');
  stage.write({ 'demo/core.py': FASTER_WORK });
});

afterAll(() => {
  stage.close();
});

/** Processes of Python that measure for this stage. */
const measured = () => findProcesses(stage.home).filter(({ command }) => /python/.test(command));

async function using<T>(connected: Connected, work: (connected: Connected) => Promise<T>): Promise<T> {
  try {
    return await work(connected);
  } finally {
    await connected.close();
  }
}

/** Starts a call, and resolves when it measures pairs. */
async function startLong(
  connected: Connected,
  signal?: AbortSignal,
): Promise<{ readonly ended: Promise<ToolAnswer | Error> }> {
  let told = '';
  const progress = (message: string): void => {
    told = message;
  };
  const ended = connected
    .call('compare', LONG, { progress, ...(signal === undefined ? {} : { signal }) })
    .catch((error: unknown) => error as Error);
  await until('it measures', () => (isMeasuring(told) ? true : undefined));
  // Between two pairs there is a moment without any.
  await until('Python runs', () => (measured().length > 0 ? true : undefined));
  return { ended };
}

const isMeasuring = (message: string): boolean => /demo\.core:work.*pair/.test(message);

describe.each(GENERATIONS)('an agent of the %s generation on stdio', (generation) => {
  it('finds tools, prompts and resources, and each tool that only reads answers', async () => {
    await using(await connectStdio(stage, optionsFor(generation)), async ({ client, call }) => {
      expect(client.getNegotiatedProtocolVersion()).toMatch(generation === 'newer' ? /^2026/ : /^2025/);
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'inspect',
          'baseline',
          'profile',
          'compare',
          'step',
          'check',
          'result',
          'stop',
        ]),
      );
      for (const { name, annotations } of tools) {
        if (annotations?.readOnlyHint !== true) continue;
        const given = name === 'source' ? { target: 'demo/core.py' } : {};
        const needs = ['callers', 'callees'].includes(name) ? { name: 'work' } : given;
        // The client holds the structured content against the schema of the tool.
        const answer = await call(name, needs);
        expect(Buffer.byteLength(answer.text), name).toBeLessThanOrEqual(2_000);
        expect(Buffer.byteLength(JSON.stringify(answer.data)), name).toBeLessThanOrEqual(14_000);
        expect(answer.isError ? answer.data.error?.['code'] : 'fine', name).toMatch(/^(fine|bad-request)$/);
      }
      const { prompts } = await client.listPrompts();
      expect(prompts).toHaveLength(5);
      const { resources } = await client.listResources();
      for (const { uri } of resources) {
        const { contents } = await client.readResource({ uri });
        expect(contents[0], uri).toMatchObject({ uri, text: expect.stringMatching(/\S/) as string });
      }
    });
  });

  it('hears what is wrong with its arguments and what to do', async () => {
    await using(await connectStdio(stage, optionsFor(generation)), async ({ call }) => {
      const wrong: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
        ['compare', { budgt: '3s' }, /no argument "budgt"\nremedy: Did you mean "budget"/],
        ['compare', { meter: 'sundial' }, /bad-request: meter: /],
        ['compare', { workload: 'not a list' }, /bad-request: workload: /],
        ['top', { profiles: ['/etc/passwd'] }, /outside of the folders .*\nwhere: profiles: \/etc\/passwd\n/],
        ['inspect', { project: '/' }, /outside of the folders .*\nwhere: \/\n.*--allow/],
        ['step', { title: 'x y z', yes: true }, /takes no argument "yes"\nremedy: Consent is the user/],
        ['view', { file: 'x.prof' }, /until a person closes it\nwhere: view\nremedy: Give "print": true/],
        ['result', { run: '../../etc' }, /no such run/],
      ];
      for (const [name, given, words] of wrong) {
        const answer = await call(name, given);
        expect(answer, name).toMatchObject({ isError: true, data: { outcome: 'failed' } });
        expect(answer.text).toMatch(words);
      }
    });
  });

  it('ends a measurement with all its processes by cancelling the call', async () => {
    await using(await connectStdio(stage, optionsFor(generation)), async (connected) => {
      const stop = new AbortController();
      const { ended } = await startLong(connected, stop.signal);
      stop.abort();
      expect(await ended).toBeInstanceOf(Error);
      // The connection goes on, and when the run is no longer listed nothing of it is left.
      const began = performance.now();
      for (let text = 'running'; text.includes('running');) {
        // Far less than the run would take by itself.
        expect(performance.now() - began).toBeLessThan(20_000);
        ({ text } = await connected.call('result'));
      }
      expect(measured()).toEqual([]);
      expect((await connected.call('check')).data.outcome).toBe('bad-news');
    });
    expect(stage.leftRuns()).toEqual([]);
  });
});

describe('an agent', () => {
  it('measures with progress, finds the result again by its id, and the comparison as a resource', async () => {
    await using(await connectStdio(stage), async ({ client, call }) => {
      const heard: string[] = [];
      const counts: number[] = [];
      const progress = (message: string, count: number): void => {
        heard.push(message);
        counts.push(count);
      };
      const answer = await call('compare', SHORT, { progress });
      expect(answer).toMatchObject({ isError: false, data: { outcome: 'good' } });
      expect(answer.text).toMatch(/faster/);
      expect(heard[0]).toMatch(/^run \d/);
      expect(heard.some((message) => /demo\.core:work/.test(message))).toBe(true);
      expect(counts).toEqual([...counts].sort((one, other) => one - other));
      const again = await call('result', { run: answer.data.run });
      expect(again.data.result).toEqual(answer.data.result);
      const part = await call('result', { run: answer.data.run, path: 'workloads.0' });
      expect(part.data.result).toMatchObject({ path: 'workloads.0' });
      for (const name of ['nothing', '%zz'])
        await expect(client.readResource({ uri: `strop://profiles/${name}` })).rejects.toThrow(
          /no profile of this name is kept/,
        );
      const { contents } = await client.readResource({ uri: 'strop://comparison/latest' });
      expect(contents[0]).toMatchObject({ text: expect.stringContaining('"comparison"') as string });
    });
  });

  it('may use another folder only when that is one of its roots', async () => {
    const other = new Stage();
    try {
      other.commit(demoFiles(`${WORK}# older\n`), 'first');
      other.commit(demoFiles(), 'second');
      const asked: string[] = [];
      const offering = (folder: string) =>
        connectStdio(stage, { capabilities: { roots: {} } }, (client) => {
          client.setRequestHandler('roots/list', () => {
            asked.push(folder);
            return { roots: [{ uri: pathToFileURL(folder).href }] };
          });
        });
      await using(await offering(other.folder), async ({ call }) => {
        expect((await call('inspect')).isError).toBe(false);
        expect(asked).toEqual([]);
        expect((await call('inspect', { project: other.repo })).text).toContain(other.repo);
        expect(asked).not.toEqual([]);
        const run = (await call('compare', { ...LONG, project: other.repo, detach: true })).data.run;
        expect((await call('result', { run })).data).toMatchObject({ outcome: 'running', run });
        expect((await call('result')).text).toContain(run);
        expect((await call('stop', { run })).text).toContain('has ended');
      });
      await using(await offering(join(other.folder, 'home')), async ({ call }) => {
        expect((await call('inspect', { project: other.repo })).text).toMatch(/outside of the folders/);
      });
    } finally {
      other.close();
    }
  });

  it('is asked before anything is installed, and told how where it cannot be asked', async () => {
    const install = { action: 'install', names: ['pyinstrument'], python: plainPython() };
    const questions: string[] = [];
    for (const generation of GENERATIONS) {
      const options = optionsFor(generation, { capabilities: { elicitation: { form: {} } } });
      const asking = await connectStdio(stage, options, (client) => {
        client.setRequestHandler('elicitation/create', ({ params }) => {
          questions.push(params.message);
          return { action: 'decline' as const };
        });
      });
      await using(asking, async ({ call }) => {
        expect(await call('tools', install), generation).not.toMatchObject({ data: { outcome: 'running' } });
      });
    }
    expect(questions).toHaveLength(2);
    expect(questions[0]).toMatch(/install pyinstrument .*\nWhy: .*\nSize: about .*\nWhere: /);
    await using(await connectStdio(stage), async ({ call }) => {
      expect((await call('tools', install)).text).toMatch(/--yes/);
    });
    expect(readdirSync(stage.home)).not.toContain('tools');
  });

  it('hears why the server ends when a message is too long to be one', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'mcp'], { cwd: stage.repo, env: stage.env() });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
    child.stdin.on('error', () => undefined);
    // Without an end of stdin, which would end the server in any case.
    child.stdin.write('x'.repeat(11 * 1024 * 1024));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, told }).toEqual({
      code: 0,
      told: expect.stringMatching(/^strop mcp: .*exceeded/) as string,
    });
  });

  it('leaves no process when it is killed in the middle of a measurement', async () => {
    const { child, told } = await startClientProcess(stage, 'compare', LONG);
    await until('it measures', () => (told().split('\n').some(isMeasuring) ? true : undefined));
    child.kill('SIGKILL');
    expect(await survivors(stage.home)).toEqual([]);
    expect(stage.leftRuns()).toEqual([]);
  });

  it('finds a detached measurement again after its connection was lost, and can end one', async () => {
    const run = await using(await connectStdio(stage), async ({ call }) => {
      const answer = await call('compare', { ...SHORT, detach: true });
      expect(answer.data.outcome).toBe('running');
      return answer.data.run;
    });
    await using(await connectStdio(stage), async ({ call }) => {
      const answer = await call('result', { run, wait: 50 });
      expect(answer).toMatchObject({ data: { outcome: 'good', run } });
      expect(answer.text).toMatch(/faster/);
      const long = (await call('compare', { ...LONG, detach: true })).data.run;
      await until('Python runs', () => (measured().length > 0 ? true : undefined));
      expect((await call('result', { run: long })).data.outcome).toBe('running');
      expect((await call('stop', { run: long })).text).toContain('has ended');
      expect((await call('result', { run: long })).text).toMatch(/^interrupted: /);
    });
    expect(await survivors(stage.home)).toEqual([]);
  });
});

describe('a server on HTTP', () => {
  it('serves two clients of both generations, one measurement after the other, and ends with nothing left', async () => {
    const served = await serveHttp(stage);
    try {
      const [older, newer] = await Promise.all(GENERATIONS.map((each) => served.connect(optionsFor(each))));
      if (older === undefined || newer === undefined) throw new Error('not connected');
      expect(newer.client.getNegotiatedProtocolVersion()).toMatch(/^2026/);
      const stop = new AbortController();
      const { ended } = await startLong(newer, stop.signal);
      let heard: (message: string) => void = () => undefined;
      const waits = new Promise<void>((resolve) => {
        heard = (message) => {
          if (message.startsWith('waiting: ')) resolve();
        };
      });
      const second = older.call('compare', SHORT, { progress: (message) => heard(message) });
      await waits;
      // Reading does not wait for those who measure.
      expect((await newer.call('check')).data.outcome).toBe('bad-news');
      stop.abort();
      await ended;
      expect((await second).data.outcome).toBe('good');
      const { ended: last } = await startLong(newer);
      await Promise.all([served.stop(), last]);
      await Promise.all([older.close(), newer.close()]);
    } finally {
      await served.stop();
    }
    expect(await survivors(stage.home)).toEqual([]);
  });

  it('answers nobody who does not know the token or comes from another origin', async () => {
    const served = await serveHttp(stage);
    try {
      const ask = async (address: string, headers: Readonly<Record<string, string>> = {}) =>
        (await fetch(address, { method: 'POST', body: '{}', headers })).status;
      const authorization = `Bearer ${served.token}`;
      const json = { 'content-type': 'application/json' };
      expect(await ask(served.address, json)).toBe(401);
      expect(await ask(served.address, { ...json, authorization: 'Bearer wrong' })).toBe(401);
      expect(await ask(`${served.address}/wrong`, json)).toBe(401);
      expect(await ask(served.address, { ...json, authorization, origin: 'https://example.org' })).toBe(403);
      expect(await ask(served.address, { ...json, authorization })).toBe(400);
      expect(await ask(`${served.address}/${served.token}`, json)).toBe(400);
      const strange = request(served.address, { method: 'POST', headers: { host: 'a b' } });
      strange.end('{}');
      const [answer] = (await once(strange, 'response')) as [IncomingMessage];
      expect(answer.resume().statusCode).toBe(400);
    } finally {
      await served.stop();
    }
  });
});
