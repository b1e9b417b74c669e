import type { OperationEntry } from '#operations';
import { createPrinter } from './printer.ts';
import { DEFAULT_OPERATION, overview } from './overview.ts';
import type { Program } from './program.ts';
import type { World } from './world.ts';

/**
 * Runs one command line and resolves to the exit code when everything printed has left the process.
 *
 * Exit codes: those of the operation (0 good, 1 bad news, 3 undecided); 2 when the request or the project is wrong;
 * 70 when strop itself is at fault; 128 + signal after a stop. What needs no operation is answered here, without
 * loading anything: the start of strop is part of everybody's loop.
 */
export async function runCli(program: Program, world: World): Promise<number> {
  const [first, ...others] = world.argv;
  const fallback = program.operations.find((entry) => entry.name === DEFAULT_OPERATION);
  if (first === '--version' || first === '-V') return await say(world, `${program.version}\n`);
  if (first === '--help' || first === '-h' || (first === 'help' && others.length === 0))
    return await say(world, overview(program));

  if (first === undefined || first.startsWith('-')) {
    if (fallback !== undefined) return await start(program, world, fallback, world.argv);
    if (first === undefined) return await say(world, overview(program));
    return await refuse(world, `unknown option '${first}'`, 'strop --help lists commands and options');
  }
  const name = first === 'help' ? (others[0] ?? '') : first;
  const service = program.services?.find((candidate) => candidate.name === name);
  if (service !== undefined) return await service.run(first === 'help' ? ['--help'] : others);
  const entry = program.operations.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const { suggestWord } = await import('#base');
    const meant = suggestWord(
      name,
      [...program.operations, ...(program.services ?? [])].map((candidate) => candidate.name),
    );
    return await refuse(
      world,
      `unknown command '${name}'`,
      meant === undefined ? 'strop --help lists the commands' : `did you mean 'strop ${meant}'?`,
    );
  }
  return await start(program, world, entry, first === 'help' ? ['--help'] : others);
}

/** Everything heavy comes only now. */
async function start(
  program: Program,
  world: World,
  entry: OperationEntry,
  argv: readonly string[],
): Promise<number> {
  const { runOperation } = await import('./run-operation.ts');
  const workshop = { load: () => entry.load(), createHost: () => program.createHost() };
  return await runOperation(workshop, world, argv);
}

async function say(world: World, text: string): Promise<number> {
  const stdout = createPrinter(world.stdout);
  stdout.print(text);
  return (await stdout.flush()) === undefined ? 0 : 2;
}

async function refuse(world: World, problem: string, remedy: string): Promise<number> {
  const { reportFailure } = await import('./failure.ts');
  await reportFailure(world, world.argv.includes('--json'), { code: 'bad-request', problem, remedy });
  return 2;
}
