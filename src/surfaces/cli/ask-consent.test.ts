import { describe, expect, it } from 'vitest';
import { askConsent } from './ask-consent.ts';
import { createPrinter } from './printer.ts';
import { fakeWorld } from './testing/fake-world.ts';

const question = {
  what: 'install griffe 2.4.1',
  why: 'to compare',
  size: 'about 3 MiB',
  where: '/data\u001b[2J',
};
const signal = new AbortController().signal;

async function ask(types: readonly string[] | undefined, tty = true) {
  const world = fakeWorld([], { tty, env: { NO_COLOR: '1' }, ...(types === undefined ? {} : { types }) });
  const consent = await askConsent(world, createPrinter(world.stderr), question, signal);
  return { consent, said: world.err(), out: world.out() };
}

describe('asking for consent', () => {
  it('shows what, why, how large and where on stderr, and takes a yes', async () => {
    const { consent, said, out } = await ask(['Yes']);
    expect(consent).toBe('yes');
    expect(said).toBe(
      'strop would like to install griffe 2.4.1\n  why:   to compare\n  size:  about 3 MiB\n  where: /data\nGo ahead? [y/N] ',
    );
    expect(out).toBe('');
  });

  it('shows first what would be written', async () => {
    const world = fakeWorld([], { tty: true, env: { NO_COLOR: '1' }, types: ['y'] });
    await askConsent(
      world,
      createPrinter(world.stderr),
      { ...question, shows: ['+one', '+two\u001b[2J'] },
      signal,
    );
    expect(world.err()).toMatch(/^\+one\n\+two\nstrop would like/);
  });

  it('takes everything else, and the end of the input, for a no', async () => {
    for (const typed of [['n'], [''], ['yeah no'], []]) expect((await ask(typed)).consent).toBe('no');
  });

  it('asks nobody where stdin or stderr is no terminal', async () => {
    expect(await ask(undefined)).toMatchObject({ consent: 'cannot-ask', said: '' });
    expect(await ask(['y'], false)).toMatchObject({ consent: 'cannot-ask', said: '' });
  });
});
