import type { Host } from '#host';
import { newId } from './collection.ts';

/** How many recordings of one project are kept: they are large, and stacks of code that is gone help nobody. */
export const KEPT_RECORDINGS = 20;

/** The files that profilers wrote, as they wrote them: stacks and lines that the table of functions does not hold. */
export interface Recordings {
  /**
   * Keeps a copy of a profiler's file and answers its absolute path. Only the newest {@link KEPT_RECORDINGS} stay; a
   * document may name one that is gone. Throws `disk` when nothing can be written.
   */
  keep(date: string, path: string, bytes: Uint8Array): Promise<string>;
}

/** Opens the recordings below the history of a project; nothing is created before something is kept. */
export function openRecordings(host: Host, history: string): Recordings {
  const folder = `${history}/recordings`;
  return {
    async keep(date, path, bytes) {
      // The name helps to tell formats apart where the content leaves it open.
      const name = path.replace(/^.*[\\/]/s, '').replace(/[^\w.-]+/g, '_');
      const kept = `${folder}/${newId(host, date)}-${name}`;
      await host.files.writeAtomically(kept, bytes);
      const files = (await host.files.list(folder)).filter((entry) => entry.kind === 'file');
      for (const old of files.slice(0, Math.max(0, files.length - KEPT_RECORDINGS))) {
        await host.files.remove(`${folder}/${old.name}`);
      }
      return kept;
    },
  };
}
