import { StropError } from '#base';
import type { ChosenFunction, Question } from '#profilers';
import { parseCallable } from '#workloads';
import { bestQuestion } from '../best-question.ts';
import { secondsOf } from '../recording.ts';
import type { RecordingPlan } from '../recording.ts';
import type { ProfileInput } from './schema.ts';

type Asked = Pick<
  RecordingPlan,
  'question' | 'tool' | 'outside' | 'seconds' | 'rateHz' | 'native' | 'deep' | 'functions' | 'yes'
>;

/** What the flags ask for. Throws `bad-request` for a duration or function that cannot be read. */
export function planOf(input: ProfileInput): Asked {
  const question = questionOf(input);
  return {
    question,
    ...samplerOf(input, question),
    seconds: secondsOf(input.duration),
    rateHz: input.rate,
    native: input.native,
    deep: input.deep,
    functions: input.function.map(parseFunction),
    yes: input.yes,
  };
}

function questionOf(input: ProfileInput): Question {
  const asked = (['wall', 'lines', 'memory', 'leaks', 'temporary', 'gil', 'async'] as const).find(
    (name) => input[name],
  );
  if (asked !== undefined) return asked;
  if (input.tool !== undefined) return bestQuestion(input.tool);
  if (input.native) return 'native';
  // No sampler counts calls: it looks more closely at where time goes.
  return input.deep && !input.sample ? 'calls' : 'cpu';
}

/** Memory beside time is one tool's alone; time is what can be seen from outside. */
function samplerOf(input: ProfileInput, question: Question): Pick<Asked, 'tool' | 'outside'> {
  if (!input.sample) return { tool: input.tool };
  return question === 'memory' ? { tool: input.tool ?? 'scalene' } : { tool: input.tool, outside: true };
}

function parseFunction(text: string): ChosenFunction {
  const found = parseCallable(text);
  if (found !== undefined) return { module: found.module, qualname: found.qualname };
  throw new StropError({
    code: 'bad-request',
    problem: `'${text}' is no function`,
    where: '--function',
    remedy: 'Write module:function or module:Class.method.',
  });
}
