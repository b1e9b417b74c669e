import { randomBytes } from 'node:crypto';
import { fakeHost } from '#host';
import { declareOperation } from '#operations';
import type { Context } from '#operations';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { carryOut } from './carry-out.ts';
import { takeTurn, turnAddress } from './machine-turn.ts';

const turn = turnAddress(`strop-test-${randomBytes(4).toString('hex')}`);

/** An operation that measures when it is told to, or always. */
function measuring(takesMachine: boolean) {
  return declareOperation({
    name: 'try',
    summary: 'Try',
    description: 'Tries.',
    examples: [],
    effects: { runsCode: true, measures: true, installs: false, edits: false },
    ...(takesMachine ? { takesMachine: true as const } : {}),
    input: z.object({ measure: z.boolean().describe('whether it measures') }),
    result: z.object({ done: z.boolean() }),
    positionals: [],
    run: async (context: Context, { measure }) => {
      if (measure) await context.takeMachine?.();
      return { done: true };
    },
    text: () => ['done'],
    exitCode: () => 0,
  });
}

it('waits for those who measure only when it measures itself', async () => {
  const end = await takeTurn('somebody else', () => undefined, new AbortController().signal, turn);
  const carry = (takesMachine: boolean, measure: boolean) => {
    let hear: (text: string) => void = () => undefined;
    const waits = new Promise<string>((resolve) => (hear = resolve));
    const ended = carryOut({
      operation: measuring(takesMachine),
      input: { measure },
      host: { ...fakeHost(), close: () => Promise.resolve() },
      signal: new AbortController().signal,
      progress: (text) => hear(text),
      turn,
    });
    return { ended, first: Promise.race([waits, ended.then(({ outcome }) => outcome)]) };
  };
  expect(await carry(true, false).first).toBe('good');
  const late = carry(true, true);
  const early = carry(false, false);
  expect(await late.first).toMatch(/^waiting: .*somebody else/);
  expect(await early.first).toMatch(/^waiting: .*somebody else/);
  end();
  expect((await late.ended).outcome).toBe('good');
  expect((await early.ended).outcome).toBe('good');
});
