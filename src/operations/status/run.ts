import { findProject, readGitState, readSettings } from '#project';
import { openHistory } from '#store';
import { findBenchmarkFiles } from '#workloads';
import type { Context } from '../operation.ts';
import { chooseNext } from './next.ts';
import type { Status } from './schema.ts';

/** Looks at files and git only: nothing of the project is run, nothing is written. */
export async function status(context: Context): Promise<Status> {
  const { host } = context;
  const project = await findProject(host, host.cwd);
  const settings = await readSettings(host, project.root);
  const git = project.gitTop === undefined ? undefined : await readGitState(host, project.gitTop);
  const benchmarkFiles = await findBenchmarkFiles(host, project.root);
  const last = await openHistory(host, project.root).comparisons.latest();
  const changed = (git?.changed ?? 0) + (git?.untracked ?? 0);
  const workloads = settings.workloads.map((each) => each.name);
  return {
    kind: 'status',
    version: 1,
    project: project.root,
    revision: git?.branch ?? git?.commit?.slice(0, 12) ?? null,
    changed,
    benchmarkFiles: [...benchmarkFiles],
    workloads,
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
      hasCommit: git?.commit !== undefined,
      changed,
      commit: git?.commit,
      benchmarkFiles,
      workloads,
      last:
        last === undefined
          ? undefined
          : { commit: last.b.commit, workingTree: last.b.revision === 'working tree', verdict: last.verdict },
    }),
  };
}
