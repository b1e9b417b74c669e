import type { Question } from '#profilers';
import type { ProfileDocument } from '#store';
import { profileProcess } from '../attached-profile.ts';
import { bestQuestion } from '../best-question.ts';
import type { Context } from '../operation.ts';
import { secondsOf } from '../recording.ts';
import type { AttachInput } from './schema.ts';

/** Answers where the cost of a process goes that runs already, and keeps that. */
export async function attach(context: Context, input: AttachInput): Promise<ProfileDocument> {
  const { pid, tool, rate, native, deep, python, yes } = input;
  const seconds = secondsOf(input.duration);
  const request = {
    pid,
    question: questionOf(input),
    tool,
    seconds,
    rateHz: rate,
    native,
    deep,
    python,
    yes,
  };
  return profileProcess(context, request, input);
}

function questionOf(input: AttachInput): Question {
  const asked = (['wall', 'memory', 'leaks', 'temporary', 'gil'] as const).find((name) => input[name]);
  if (asked !== undefined) return asked;
  if (input.tool !== undefined) return bestQuestion(input.tool);
  return input.native ? 'native' : 'cpu';
}
