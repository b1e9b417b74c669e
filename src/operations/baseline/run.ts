import type { Doubt } from '#base';
import { measureSame } from '#comparing';
import { readGitState } from '#project';
import { parseRevisions } from '#revisions';
import { openHistory } from '#store';
import type { BaselineDocument } from '#store';
import { readRequest } from '../compare-request.ts';
import { machineDoubts, machineOf, pythonOf, revisionOf, watcherOf } from '../comparison.ts';
import { openProject } from '../opened-project.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { selectWorkloads } from '../workload-choice.ts';
import { withSides } from '../working-sides.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { BaselineInput } from './schema.ts';

/** Pins HEAD and measures it, so that there is something to compare with before anything changes. */
export async function baseline(context: Context, input: BaselineInput): Promise<BaselineDocument> {
  const { host } = context;
  const begin = host.clock.nowNs();
  const opened = await openProject(context, input.python);
  const { project, settings, interpreter } = opened;
  const request = readRequest(input, settings);
  const history = openHistory(host, project.root);
  // Both sides are HEAD: pairs of identical code show the numbers and the noise at once.
  return withSides(context, opened, parseRevisions('HEAD..HEAD'), async (run, prepared) => {
    const sides = { a: prepared.a, b: prepared.b };
    const worker = { runFolder: run.folder, timeoutMs: request.timeoutMs };
    const selected = await selectWorkloads({ host, sides, worker, interpreter, settings }, input);
    const skipped: Doubt[] = [];
    const { workloads, samples } = await measureSame(
      host,
      {
        sides,
        selected,
        worker,
        request,
        ...watcherOf(context),
        leaveOut: (doubt) => {
          if (input.workload.length > 0) return false;
          skipped.push(doubt);
          return true;
        },
      },
      input.pairs,
    );
    const date = host.clock.date();
    const document: BaselineDocument = {
      kind: 'baseline',
      version: 1,
      id: history.newId(date),
      name: input.name,
      date,
      revision: revisionOf(sides.a),
      selection: {
        workload: input.workload,
        command: input.command,
        ...(input.stmt === undefined ? {} : { stmt: input.stmt }),
        ...(input.setup === undefined ? {} : { setup: input.setup }),
      },
      python: pythonOf(interpreter),
      machine: machineOf(host),
      fingerprint: await fingerprintOf(host, sides.a.project, interpreter),
      workloads: [...workloads],
      snapshot: null,
      seconds: (host.clock.nowNs() - begin) / 1e9,
      doubts: [
        ...interpreter.doubts,
        ...prepared.doubts.filter((doubt) => doubt.code !== 'identical-code'),
        ...skipped,
        ...machineDoubts(host),
        ...(await treeDoubts(context, opened)),
      ],
      samples: null,
    };
    return (await history.baselines.save(document, samples)).document;
  });
}

/** What the pinned commit leaves out. */
async function treeDoubts({ host }: Context, { project }: OpenedProject): Promise<readonly Doubt[]> {
  if (project.gitTop === undefined) return [];
  const git = await readGitState(host, project.gitTop);
  const count = git.changed + git.untracked;
  if (count === 0) return [];
  return [
    {
      code: 'dirty-tree',
      text: `The baseline is HEAD: ${count === 1 ? '1 file of the working tree differs' : `${String(count)} files of the working tree differ`} from it and ${count === 1 ? 'is' : 'are'} not part of it.`,
    },
  ];
}
