import type { Failure } from '#base';
import { MOST_TEXT, boundLines, boundValue, cutText } from './bounded.ts';
import type { Envelope } from './envelope.ts';
import type { RunEnd } from './runs.ts';

/** What a tool answers: data for programs, a few lines for whoever reads, and whether something was left out. */
export interface Answer {
  readonly envelope: Envelope;
  readonly text: string;
  readonly isError: boolean;
  readonly isWhole: boolean;
}

/** The tool that gives the rest of an answer. */
export const RESULT_TOOL = 'result';

/** Bytes of one part of an error: what a caller wrote may stand in it, however long that is. */
const MOST_WORDS = 600;

/** The answer of a call that ended. Without an id nothing is kept, and nothing more can be asked for. */
export function answerEnd(id: string | undefined, end: RunEnd): Answer {
  if (end.outcome === 'failed') return answerFailure(end.failure, id);
  const { value, cut } = boundValue(end.result);
  const isWhole = cut.length === 0 && boundLines(end.lines).left === 0;
  const more = isWhole || id === undefined ? undefined : describeMore(id, cut[0]?.path);
  return {
    envelope: {
      outcome: end.outcome,
      ...(id === undefined ? {} : { run: id }),
      ...(value === undefined ? {} : { result: value }),
      ...(cut.length === 0 ? {} : { cut: cut.slice(0, 20) }),
      ...(more === undefined ? {} : { more }),
    },
    text: textOf(end.lines, more),
    isError: false,
    isWhole,
  };
}

/** As many lines as there is room for beside the lines that say how to get the rest. */
function textOf(lines: readonly string[], more: string | undefined): string {
  const below = more === undefined ? '' : `\n${more}`;
  const room = MOST_TEXT - Buffer.byteLength(below);
  const whole = boundLines(lines, room);
  if (whole.left === 0) return `${whole.text}${below}`;
  const leftOut = (left: number): string => `\n… ${String(left)} more lines`;
  const { text, left } = boundLines(lines, room - Buffer.byteLength(leftOut(lines.length)));
  return `${text}${leftOut(left)}${below}`;
}

function describeMore(id: string, path: string | undefined): string {
  const text = `the rest: tool ${RESULT_TOOL} with {"run": "${id}", "text": true, "offset": N}`;
  return path === undefined || path.length > 100
    ? text
    : `${text}, or {"run": "${id}", "path": "${path}", "offset": N}`;
}

/** The answer of a call that failed: what is wrong, where, and what to do. */
export function answerFailure(failure: Failure, id?: string): Answer {
  const { code, detail } = failure;
  const [problem, remedy] = [cutText(failure.problem, MOST_WORDS), cutText(failure.remedy, MOST_WORDS)];
  const where = failure.where === undefined ? undefined : cutText(failure.where, MOST_WORDS);
  const last = detail === undefined ? undefined : tailOf(detail.trimEnd(), MOST_TEXT / 2);
  const lines = [
    `${code}: ${problem}`,
    ...(where === undefined ? [] : [`where: ${where}`]),
    `remedy: ${remedy}`,
    ...(last === undefined ? [] : ['', last]),
  ];
  return {
    envelope: {
      outcome: 'failed',
      ...(id === undefined ? {} : { run: id }),
      error: { code, problem, where, remedy, detail: last },
    },
    text: cutText(lines.join('\n'), MOST_TEXT),
    isError: true,
    isWhole: true,
  };
}

/** The answer of a call whose run goes on. */
export function answerRunning(id: string, progress: string): Answer {
  const more = `tool ${RESULT_TOOL} with {"run": "${id}", "wait": 30} waits for it; tool stop with {"run": "${id}"} ends it`;
  return {
    envelope: { outcome: 'running', run: id, more },
    text: `run ${id} goes on: ${progress}\n${more}`,
    isError: false,
    isWhole: true,
  };
}

/** The last lines of a long output: what went wrong stands there. */
function tailOf(text: string, mostBytes: number): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  const tail = Buffer.from(text).subarray(-mostBytes).toString('utf8');
  const line = tail.indexOf('\n');
  return `…${line === -1 ? tail.replace(/^\ufffd+/, '') : tail.slice(line)}`;
}
