import { describe, expect, it } from 'vitest';
import type { Progress } from '#operations';
import { fakeWorld } from './testing/fake-world.ts';
import { createPrinter } from './printer.ts';
import { createProgressView, fit } from './progress.ts';
import { createStyle } from './style.ts';

function state(text: string, last = false, topic = 'bench'): Progress {
  return { kind: 'state', topic, text, last };
}

function watch(tty: boolean, columns = 80) {
  const world = fakeWorld([], { tty, columns, env: { NO_COLOR: '1' } });
  const view = createProgressView(world, createPrinter(world.stderr), createStyle(world.stderr, world.env));
  return { world, view };
}

/** What stands on a terminal after these characters; knows only the movements that strop uses. */
function screen(text: string): readonly string[] {
  const lines = [''];
  let row = 0;
  for (const part of text.split(/(\u001b\[\d+[AJ]|\r|\n)/)) {
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (up) row -= Number(up[1]);
    else if (part === '\u001b[0J') lines.length = row;
    else if (part === '\n') row += 1;
    else if (part !== '\r') lines[row] = (lines[row] ?? '') + part;
    lines[row] ??= '';
  }
  return lines.slice(0, -1);
}

describe('progress without a terminal', () => {
  it('prints each step, each last state, and other states at most every five seconds', () => {
    const { world, view } = watch(false);
    view.show({ kind: 'step', text: 'freezing the tree' });
    view.show(state('1 pair'));
    world.pass(4_999);
    view.show(state('2 pairs'));
    world.pass(1);
    view.show(state('3 pairs'));
    view.show(state('4 pairs'));
    view.show(state('faster', true));
    expect(world.err()).toBe('freezing the tree\nbench: 3 pairs\nbench: faster\n');
  });
});

describe('progress on a terminal', () => {
  it('replaces states in place, keeps steps and last states above them, and clears up', () => {
    const { world, view } = watch(true);
    view.show({ kind: 'step', text: 'freezing the tree' });
    world.pass(100);
    view.show(state('1 pair', false, 'a'));
    world.pass(100);
    view.show(state('1 pair', false, 'b'));
    world.pass(100);
    view.show(state('2 pairs', false, 'a'));
    expect(screen(world.err())).toEqual(['freezing the tree', 'a: 2 pairs', 'b: 1 pair']);
    view.show(state('faster', true, 'a'));
    expect(screen(world.err())).toEqual(['freezing the tree', 'a: faster', 'b: 1 pair']);
    view.clear();
    expect(screen(world.err())).toEqual(['freezing the tree', 'a: faster']);
  });

  it('draws at most about twelve times a second', () => {
    const { world, view } = watch(true);
    for (let step = 0; step < 1000; step += 1) {
      view.show(state(`${String(step)} pairs`));
      world.pass(1);
    }
    expect(world.err().split('bench:').length - 1).toBe(13);
  });

  it('cuts lines that would wrap, by the columns that characters take, and control characters do no harm', () => {
    const { world, view } = watch(true, 20);
    view.show(state('x\u001b[2Jy\rz\n測測測測測測測測'));
    expect(screen(world.err())).toEqual(['bench: xy z 測測測…']);
    expect(fit('abc', 3)).toBe('abc');
    expect(fit('abcd', 3)).toBe('ab…');
  });
});
