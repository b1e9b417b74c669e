import type { Consent, ConsentQuestion } from '#operations';
import type { Printer } from './printer.ts';
import { createStyle, plainText } from './style.ts';
import type { World } from './world.ts';

/**
 * Asks on stderr, so that stdout stays the result alone. Both stdin and stderr have to be terminals: a question that
 * nobody sees would wait for ever. Only a clear yes is one.
 */
export async function askConsent(
  world: World,
  stderr: Printer,
  question: ConsentQuestion,
  signal: AbortSignal,
): Promise<Consent> {
  if (world.readLine === undefined || world.stderr.isTTY !== true) return 'cannot-ask';
  const style = createStyle(world.stderr, world.env);
  const rows = [
    ['why', question.why],
    ['size', question.size],
    ['where', question.where],
  ] as const;
  stderr.print(
    [
      ...(question.shows ?? []).map(plainText),
      style.bold(`strop would like to ${plainText(question.what)}`),
      ...rows.map(([name, text]) => `  ${style.dim(`${name}:`.padEnd(6))} ${plainText(text)}`),
      'Go ahead? [y/N] ',
    ].join('\n'),
  );
  const answer = await world.readLine(signal);
  if (answer === undefined) stderr.print('\n');
  return answer !== undefined && /^\s*y(es)?\s*$/i.test(answer) ? 'yes' : 'no';
}
