import { StropError } from '#base';
import type { Host } from '#host';
import type { PythonCommand } from './profiler.ts';

const PYTHON = /(^|[\\/])python[\d.]*w?(\.exe)?$/;

/** Interpreter options that another module's command line may follow. */
const WITH_VALUE = /^-[XW]$/;
const ALONE = /^(?:-[BEIOPRsSuvx]+|-[XW]\S+)$/;

/**
 * Takes a command of Python apart: `python -O script.py 1`, `script.py 1`, `pytest tests` (a script on the PATH or beside
 * the interpreter). Undefined for a program that is no Python.
 */
export async function splitCommand(
  host: Host,
  python: string,
  cwd: string,
  argv: readonly [string, ...string[]],
): Promise<PythonCommand | undefined> {
  const [program, ...rest] = argv;
  if (program.endsWith('.py')) return { options: [], target: argv };
  if (!PYTHON.test(program)) {
    const script = await findScript(host, python, cwd, program);
    return script === undefined ? undefined : { options: [], target: [script, ...rest] };
  }
  let index = 0;
  for (; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    if (WITH_VALUE.test(word)) index += 1;
    else if (!ALONE.test(word)) break;
  }
  return { options: rest.slice(0, index), target: rest.slice(index) };
}

/** A console script: Python with the interpreter in its first line. */
async function findScript(
  host: Host,
  python: string,
  cwd: string,
  program: string,
): Promise<string | undefined> {
  const beside = python.replace(/[^\\/]+$/, '');
  const separator = host.platform === 'win32' ? ';' : ':';
  const path = /[\\/]/.test(program)
    ? /^([\\/]|\w:)/.test(program)
      ? program
      : `${cwd}/${program}`
    : await host.processes.find(program, `${beside}${separator}${host.env['PATH'] ?? ''}`);
  const text = path === undefined ? undefined : await host.files.readText(path).catch(() => undefined);
  return text !== undefined && /^#!.*python|^#!\/bin\/sh\n.*exec.*python/.test(text) ? path : undefined;
}

/** Refuses what a tool that runs inside of Python cannot start. */
export function requireTarget(command: PythonCommand | undefined, title: string, id: string): PythonCommand {
  const first = command?.target[0];
  if (command !== undefined && first !== undefined && first !== '-c' && first !== '-') return command;
  throw new StropError({
    code: 'bad-request',
    problem: `${title} can only run a Python script or module`,
    where: id,
    remedy: 'Write `-- python script.py …` or `-- python -m module …`; for a statement use --stmt.',
  });
}
