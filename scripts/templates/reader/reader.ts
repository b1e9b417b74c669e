import { StropError } from '#base';
import type { Frame, StackNode, StackProfile } from '#profiles';
import type { Reader } from '../reader.ts';

const HEAD = 'example-name v1\n';

/**
 * Say here where the format is described. This one is made up: a head, a line `12 outer;inner` for each stack with its
 * cost in ns, and `end`, so that a file that was cut off can be told from a whole one.
 */
export const exampleName: Reader = {
  format: 'example-name',
  title: 'Example name (.example-name)',
  recognises: (head) => new TextDecoder().decode(head).startsWith(HEAD),
  read: readStacks,
};

function readStacks(bytes: Uint8Array): StackProfile {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith(HEAD) || !text.endsWith('\nend\n'))
    throw refuse('it is cut off or not of this format');
  const frames: Frame[] = [];
  const nodes: StackNode[] = [];
  for (const line of text.slice(HEAD.length, -'end\n'.length).split('\n').slice(0, -1)) {
    const [, cost = '', stack = ''] = /^(\d{1,15}) (.+)$/.exec(line) ?? [];
    if (stack === '') throw refuse(`this is no stack with its cost: ${line.slice(0, 80)}`);
    const names = stack.split(';');
    names.forEach((name, depth) => {
      const innermost = depth === names.length - 1;
      frames.push({ name, origin: 'unknown' });
      nodes.push({
        parent: depth === 0 ? -1 : nodes.length - 1,
        frame: frames.length - 1,
        self: [innermost ? Number(cost) : 0],
      });
    });
  }
  return {
    format: 'example-name',
    shape: 'stacks',
    metrics: [{ name: 'wall', unit: 'ns' }],
    frames,
    nodes,
    doubts: [],
  };
}

function refuse(problem: string): StropError {
  return new StropError({ code: 'bad-profile', problem, remedy: 'record the profile again' });
}
