import type { Host } from '#host';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';

/** The workload as the shim `python/_strop/worker.py` wants to hear it. */
export function workerSpec(
  host: Host,
  side: Side,
  workload: Exclude<Workload, { kind: 'command' }>,
  runFolder: string,
): object {
  const place = {
    root: side.root,
    original: side.original ?? null,
    project: side.project,
    sourceRoots: side.sourceRoots,
    modules: side.modules,
    mode: 'hold',
  };
  switch (workload.kind) {
    case 'pytest':
      return {
        ...place,
        kind: 'pytest',
        targets: [workload.nodeId],
        file: workload.file,
        cacheFolder: `${runFolder}/pytest-${side.label}-${host.random.token(4)}`,
      };
    case 'callable':
      return {
        ...place,
        kind: 'callable',
        module: workload.module,
        ...(workload.file === undefined ? {} : { file: workload.file }),
        qualname: workload.qualname,
        args: workload.args,
        kwargs: workload.kwargs,
      };
    case 'statement':
      return { ...place, kind: 'statement', statement: workload.statement, setup: workload.setup };
    case 'asv':
      return {
        ...place,
        kind: 'asv',
        benchmarkFolder: workload.benchmarkFolder,
        file: workload.file,
        qualname: workload.qualname,
        params: workload.params,
      };
  }
}
