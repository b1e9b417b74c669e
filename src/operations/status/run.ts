import { readGitState, readSettings } from '#project';
import { openHistory } from '#store';
import { findBenchmarkFiles } from '#workloads';
import { openProjectFolder } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { findCandidates, NOTHING } from './first-benchmark.ts';
import { chooseNext } from './next.ts';
import type { Status } from './schema.ts';

/** Looks at files and git. Only where there is no benchmark the tests may run once, to find what is worth one. */
export async function status(context: Context): Promise<Status> {
  const { host } = context;
  const project = await openProjectFolder(context);
  const settings = await readSettings(host, project.root);
  const git = project.gitTop === undefined ? undefined : await readGitState(host, project.gitTop);
  const benchmarkFiles = await findBenchmarkFiles(host, project.root);
  const last = await openHistory(host, project.root).comparisons.latest();
  const changed = (git?.changed ?? 0) + (git?.untracked ?? 0);
  const workloads = settings.workloads.map((each) => each.name);
  const hasCommit = git?.commit !== undefined;
  const measurable = benchmarkFiles.length > 0 || workloads.length > 0;
  const found = measurable ? NOTHING : await findCandidates(context, project, hasCommit);
  return {
    kind: 'status',
    version: 1,
    project: project.root,
    revision: git?.branch ?? git?.commit?.slice(0, 12) ?? null,
    changed,
    benchmarkFiles: [...benchmarkFiles],
    workloads,
    ...found,
    last:
      last === undefined
        ? null
        : {
            date: last.date,
            a: last.a.revision,
            b: last.b.revision,
            verdict: last.verdict,
            workloads: last.workloads.length,
          },
    ...chooseNext({
      hasGit: git !== undefined,
      hasCommit,
      changed,
      commit: git?.commit,
      benchmarkFiles,
      workloads,
      candidates: found.candidates.map(({ target }) => target),
      last:
        last === undefined
          ? undefined
          : { commit: last.b.commit, workingTree: last.b.revision === 'working tree', verdict: last.verdict },
    }),
  };
}
