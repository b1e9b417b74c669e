import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** One phase of the loop as an order to an agent. */
interface Phase {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  text(target: string): string;
}

/** The five phases, see docs/loop.md. Tools are named in quotation marks. */
export const PHASES: readonly Phase[] = [
  {
    name: 'understand',
    title: '1. Understand the project',
    description: 'What is there: Python, dependencies, tests, benchmarks, and how quiet this machine is',
    text: (target) => `Find out what this project is before anything is measured${about(target)}.
1. Call "status": where the loop stands and what comes next.
2. Call "inspect": Python range, package manager, tests, benchmarks, machine. Tell me each fact that limits what can be measured, with its evidence.
3. Where no benchmark exists, call "scaffold" to see which functions are worth one; write benchmarks only for those that I agree to, fill in their TODOs, run them, and commit them.
Change no code of the project in this phase.`,
  },
  {
    name: 'baseline',
    title: '2. Take a baseline',
    description: 'Save what the code costs now, before anything changes',
    text: (target) => `Save what the code costs now${about(target)}.
1. The working tree should be committed: the baseline pins HEAD.
2. Call "baseline"${target === '' ? '' : ` with ${JSON.stringify({ workload: [target] })}`}. It takes minutes; with {"detach": true} it goes on by itself, and "result" waits for it.
3. Tell me the numbers with their intervals and the noise. Where the noise is larger than the gain that I hope for, say so now.
Nothing is optimised before this is done.`,
  },
  {
    name: 'find',
    title: '3. Find where the cost is',
    description: 'Profile broadly, then look closer; say how much could be gained at most',
    text: (target) => `Find where the time or the memory goes${about(target)}.
1. Call "profile"${target === '' ? ' with the workload that should get better' : ` with ${JSON.stringify({ workload: target })}`}. Read the own functions from the top: the share is what fixing one could gain at most.
2. Look closer only where it is hot: {"lines": true} for lines, {"memory": true} for memory, {"wall": true} for waiting; then "top", "source", "callers" and "tree" on what is kept. These run nothing.
3. Respect the doubts: a tracer distorts small functions, a short recording proves little.
4. Name one place, what you would change there, and the most that this can gain. Do not change anything yet.`,
  },
  {
    name: 'change',
    title: '4. Change one thing and prove it',
    description: 'One change, measured against the state before, with all tests and the same API',
    text: (target) => `Make one change and prove it${about(target)}.
1. Change one thing, inside, without touching tests, benchmarks or the public API. Prefer a better algorithm or data structure to tricks.
2. Call "step" with ${JSON.stringify({ title: 'what was changed', ...(target === '' ? {} : { workload: [target] }), commit: true })}. It measures both sides in turns, runs the whole test suite, compares the API and the other workloads, and logs the step when it is accepted.
3. Accepted: go back to profiling, the cost has moved. Rejected: take the change back or mend what the gate names. Undecided: the same call again goes on, or a larger "budget".
Do not put two changes into one step, and do not try until it passes: each attempt has to be surer than the one before.`,
  },
  {
    name: 'close',
    title: '5. Close the campaign',
    description: 'Measure start against now, hold it against the checklist, report',
    text: () => `Close the campaign.
1. Call "log" with {"direct": true, "write": true}: the start is measured against now, since the product of steps can lie.
2. Call "check". For each line that does not hold, say what is missing; do not argue it away.
3. Call "report" and give me its text for the pull request, with what was tried and did not help.`,
  },
];

function about(target: string): string {
  return target === '' ? '' : `, with an eye on ${target}`;
}

/** Offers the phases as prompts. */
export function registerPrompts(server: McpServer): void {
  for (const { name, title, description, text } of PHASES) {
    server.registerPrompt(
      name,
      {
        title,
        description,
        argsSchema: z.object({
          target: z
            .string()
            .max(200)
            .optional()
            .describe('the workload: a pytest node id, module:function, or a name from the settings'),
        }),
      },
      ({ target = '' }) => ({
        description,
        messages: [{ role: 'user', content: { type: 'text', text: text(target) } }],
      }),
    );
  }
}
