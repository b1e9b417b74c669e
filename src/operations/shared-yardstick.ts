import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Both } from '#measuring';
import type { Side } from '#revisions';
import { placeFile } from './shared-support.ts';

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
  const [from, to] = fromA ? [sides.a, sides.b] : [sides.b, sides.a];
  if ((fromA ? textA : textB) !== undefined) await placeFile(host, from.project, to.project, file);
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
