import { formatNumberOf } from '#base';
import type { Doubt } from '#base';
import type { Comparing } from '#comparing';
import type { Host } from '#host';
import type { Interpreter } from '#project';
import type { Side } from '#revisions';
import type { ComparedWorkload, ComparisonDocument, StepDocument } from '#store';
import type { Context } from './operation.ts';

/** A side as documents name it. */
export function revisionOf(side: Side): ComparisonDocument['a'] {
  const { name, commit, contentId } = side.revision;
  return { revision: name, commit, content: contentId };
}

/** The interpreter as documents name it. */
export function pythonOf(interpreter: Interpreter): ComparisonDocument['python'] {
  return { executable: interpreter.executable, version: interpreter.versionText };
}

/** The machine as it is now. */
export function machineOf({ machine }: Host): ComparisonDocument['machine'] {
  return {
    system: machine.system,
    cpu: machine.cpuModel,
    cores: machine.cores,
    load: machine.load() ?? null,
  };
}

/** Reservations that the state of the machine raises. */
export function machineDoubts({ machine }: Host): readonly Doubt[] {
  const load = machine.load();
  if (load === undefined || load <= machine.cores) return [];
  return [
    {
      code: 'busy-machine',
      text: `The load average is ${load.toFixed(1)} on ${formatNumberOf(machine.cores, 'core')}: verdicts hold, but take longer and see less.`,
    },
  ];
}

/** What a comparison reports goes to whoever called the operation. */
export function watcherOf(context: Context): Pick<Comparing, 'watcher' | 'progress'> {
  return {
    watcher: {
      signal: context.signal,
      state(id, text, last) {
        context.progress({ kind: 'state', topic: id, text, last });
      },
    },
    progress: (text) => {
      context.progress({ kind: 'step', text });
    },
  };
}

type LoggedWorkload = StepDocument['workloads'][number];

/** A compared workload as the log shows it. */
export function logged(compared: ComparedWorkload, role: LoggedWorkload['role']): LoggedWorkload {
  const { id, verdict, meter, before, after, ratio, low, high, pairs } = compared;
  const unit = meter === 'allocations' ? 'count' : meter === 'peak' || meter === 'rss' ? 'bytes' : 'ns';
  return { id, role, verdict, meter, unit, before, after, ratio, low, high, pairs };
}
