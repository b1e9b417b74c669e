import { asCost, asList, asText, fileOf, lineOf, type Json } from '../json.ts';
import { isLauncher } from '../launchers.ts';
import { refuse } from '../refusal.ts';
import { NO_FRAMES, NONE, type StackFolder } from '../stack-folder.ts';

/** A frame of a session: `name NUL file NUL first line`, then parts marked by a letter: `l` the line that ran. */
interface SessionFrame {
  readonly name: string;
  readonly file: string | undefined;
  readonly first: number | undefined;
  readonly line: number | undefined;
  readonly isThread: boolean;
}

/** Adds all samples of a session; answers the share of the time that was pyinstrument's own. */
export function readSession(session: Json, folder: StackFolder): number {
  const known = new Map<string, SessionFrame>();
  let total = 0;
  let cut = 0;
  const records = asList(session['frame_records'], 'the list of samples');
  if (records.length === 0)
    throw refuse('pyinstrument took no sample', 'Record for longer, or with a shorter interval (-i 0.0001).');
  for (const record of records) {
    const [stack, seconds] = asList(record, 'a sample');
    const cost = asCost(seconds, 'the time of a sample') * 1e9;
    let node = NONE;
    let above = false;
    for (const text of asList(stack, 'a stack')) {
      const key = asText(text, 'a frame');
      let frame = known.get(key);
      if (frame === undefined) known.set(key, (frame = parseFrame(key)));
      if (frame.isThread) continue;
      if (node === NONE && isLauncher(frame.file, frame.name, above)) above = true;
      else node = folder.child(node, folder.frame(frame.name, frame.file, frame.first), frame.line ?? NONE);
    }
    total += cost;
    if (node !== NONE) folder.add(node, cost);
    else if (above) cut += cost;
    else folder.add(folder.child(NONE, folder.frame(NO_FRAMES)), cost);
  }
  return total > 0 ? cut / total : 0;
}

function parseFrame(text: string): SessionFrame {
  const [identity = '', ...marks] = text.split('\x01');
  const [name = '', path, first] = identity.split('\0');
  const file = fileOf(path);
  const line = marks.find((mark) => mark.startsWith('l'))?.slice(1);
  return {
    name,
    file,
    first: file === undefined ? undefined : lineOf(Number(first)),
    line: file === undefined ? undefined : lineOf(Number(line)),
    isThread: path === '<thread>',
  };
}
