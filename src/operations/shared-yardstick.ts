import type { Doubt } from '#base';
import type { Host } from '#host';
import { bytecodeFolder } from '#measuring';
import type { Both } from '#measuring';
import type { Side } from '#revisions';

/**
 * Both sides must run the same yardstick. Where a benchmark file differs, side A's is used for both when it `holdsAll` that
 * is to be measured, else side B's; the copy goes into strop's own checkout, never to the user. `file` is relative to the
 * project. Answers the doubt that says so, or undefined where the file is the same.
 */
export async function shareYardstick(
  host: Host,
  sides: Both<Pick<Side, 'project'>>,
  file: string,
  holdsAll: boolean,
): Promise<Doubt | undefined> {
  const [textA, textB] = [
    await host.files.readText(`${sides.a.project}/${file}`),
    await host.files.readText(`${sides.b.project}/${file}`),
  ];
  if (textA === textB) return undefined;
  const fromA = textA !== undefined && holdsAll;
  const text = fromA ? textA : textB;
  const to = fromA ? sides.b : sides.a;
  const path = `${to.project}/${file}`;
  const folder = path.slice(0, path.lastIndexOf('/'));
  await host.files.makeFolder(folder);
  if (text !== undefined) await host.files.writeAtomically(path, text);
  // Looking for benchmarks has compiled the former text. Python takes bytecode for that of a source of the same size and
  // the same second, so the side would go on running its own benchmark.
  await host.files.remove(bytecodeFolder(host, folder));
  if (textA === undefined || textB === undefined) {
    return {
      code: 'yardstick-from-other-side',
      text: `Side ${textA === undefined ? 'A' : 'B'} has no ${file}: both sides were measured with the other side's.`,
    };
  }
  return {
    code: 'yardstick-differs',
    text: `${file} differs between the sides: both were measured with side ${fromA ? 'A' : 'B'}'s.`,
  };
}
