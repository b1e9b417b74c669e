import type { Doubt } from '#base';
import type { Host } from '#host';
import { readFacts } from '#project';
import type { Interpreter } from '#project';
import type { OpenedProject } from './opened-project.ts';
import { chooseCommands } from './project-commands.ts';

const MOST_NAMES = 5;

/** Whether the project's own pytest lacks a plugin with the fixture `benchmark`. strop measures without one. */
export async function lacksBenchmarkPlugin(host: Host, interpreter: Interpreter): Promise<boolean> {
  if (interpreter.tools['pytest_benchmark'] !== undefined) return false;
  const code = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pytest_codspeed") is None)';
  const argv = [interpreter.executable, '-B', '-c', code] as const;
  return (await host.processes.run({ argv, cwd: host.cwd, timeoutMs: 60_000 })).exitCode !== 0;
}

/** What the project's own pytest needs for its benchmarks, with the command that gets it; a sentence without its end. */
export function tellBenchmarkPlugin(install: string): string {
  return `The project's own pytest needs pytest-benchmark to run them (${install}); strop does not`;
}

/** Benchmarks that strop can run and the project's own pytest cannot. */
export async function doubtBenchmarkPlugin(
  host: Host,
  { project, interpreter, settings }: OpenedProject,
  benchmarks: readonly string[],
): Promise<readonly Doubt[]> {
  if (benchmarks.length === 0) return [];
  const facts = await readFacts(host, project, interpreter, settings.sourceRoots);
  const commands = await chooseCommands(host, project, interpreter, facts);
  const more = benchmarks.length - MOST_NAMES;
  const names = benchmarks.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
  const text = `No plugin here has the fixture of these benchmarks, which strop runs by a fixture of its own: ${names}. ${tellBenchmarkPlugin(commands.add(['pytest-benchmark']))}.`;
  return [{ code: 'benchmark-plugin-missing', text }];
}
