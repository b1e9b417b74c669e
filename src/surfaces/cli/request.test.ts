import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { sharpen } from './testing/fake-world.ts';
import { parseRequest } from './request.ts';

function inputOf(...argv: readonly string[]): unknown {
  const request = parseRequest(sharpen(), argv, 100);
  if (request.kind !== 'run') throw new Error('help instead of input');
  return request.input;
}

function refusalOf(...argv: readonly string[]): { readonly problem: string; readonly remedy: string } {
  try {
    inputOf(...argv);
  } catch (error) {
    if (error instanceof StropError) return error.facts;
    throw error;
  }
  throw new Error('not refused');
}

function helpOf(): string {
  const request = parseRequest(sharpen(), ['--help'], 100);
  return request.kind === 'help' ? request.text : '';
}

describe('reading a command line by a declaration', () => {
  it('leaves out what was not given, so that the schema fills in its own defaults', () => {
    expect(inputOf()).toEqual({
      blades: [],
      grit: 1000,
      stone: 'water',
      meters: [],
      budget: 60,
      dryRun: false,
      rinse: true,
    });
  });

  it('takes positionals, numbers, choices, switches both ways, JSON, and repeated flags', () => {
    expect(
      inputOf(
        ...[
          'kitchen',
          'pocket',
          '--grit',
          '3000',
          '--stone=oil',
          '--dry-run',
          '--no-rinse',
          '--hash-seed',
          '7',
        ],
        ...['--extra', '{"a": [1]}', '--meters', 'edge', '--meters', 'weight,edge', '--budget', '5s'],
      ),
    ).toEqual({
      blades: ['kitchen', 'pocket'],
      grit: 3000,
      stone: 'oil',
      dryRun: true,
      rinse: false,
      hashSeed: 7,
      extra: { a: [1] },
      meters: ['edge', 'weight', 'edge'],
      budget: 5,
    });
  });

  it('passes everything after -- on untouched, flags included', () => {
    expect(inputOf('kitchen', '--', 'cut', '--grit', 'x', '--', '--json')).toMatchObject({
      blades: ['kitchen'],
      command: ['cut', '--grit', 'x', '--', '--json'],
      grit: 1000,
    });
  });

  it('takes negative numbers as values', () => {
    expect(inputOf('--hash-seed', '-3')).toMatchObject({ hashSeed: -3 });
  });

  it('tells --json from the input', () => {
    expect(parseRequest(sharpen(), ['--json'], 100)).toMatchObject({ json: true });
    expect(parseRequest(sharpen(), [], 100)).toMatchObject({ json: false });
    expect(inputOf('--json')).not.toHaveProperty('json');
  });

  it('refuses an unknown flag and suggests the one that was meant', () => {
    expect(refusalOf('--bugdet', '5s')).toMatchObject({
      problem: "unknown option '--bugdet'",
      remedy: 'did you mean --budget?',
    });
  });

  it('says so where the flag is a plain word here', () => {
    expect(refusalOf('--blades', 'a').remedy).toBe('give the blades without a flag: strop sharpen <blades>');
  });

  it('names the flag and the word that do not fit', () => {
    expect(refusalOf('--budget', 'soon').problem).toBe("--budget 'soon': a duration such as 30s");
    expect(refusalOf('--grit', 'fine').problem).toBe("--grit 'fine': expected number");
    expect(refusalOf('--stone', 'ruby').problem).toMatch(/^--stone 'ruby': .*"water"\|"oil"/);
    expect(refusalOf('--meters', 'edge,smell').problem).toMatch(/^--meters 'smell': /);
    expect(refusalOf('--extra', '{').problem).toMatch(/^--extra '\{': /);
    expect(refusalOf('--grit').problem).toBe("option '--grit <number>' argument missing");
    expect(refusalOf('--grit', '1', '--budget', 'x').problem).toMatch(/^--grit 1: .*; --budget 'x': /);
  });
});

describe('the help of an operation', () => {
  it('shows description, every flag with choices and default, effects and examples', () => {
    const help = helpOf();
    expect(help).toContain('Usage: strop sharpen [options] [blades...] [-- command...]');
    expect(help).toContain('Sharpens each blade on a stone');
    expect(help).toMatch(/--grit <number> +Grit of the stone \(default: 1000\)/);
    expect(help).toMatch(/--stone <water\|oil> +Kind of stone \(choices: water, oil; default: water\)/);
    expect(help).toMatch(/--meters <meter> +What to measure \(choices: edge, weight; repeatable\)/);
    expect(help).toMatch(/--budget <text> +Time for one blade \(default: 60s\)/);
    expect(help).toMatch(/--dry-run +Only say/);
    expect(help).toMatch(/--no-rinse +Rinse the blade/);
    expect(help).toContain('Runs your code, needs the machine for itself, installs nothing, changes no file');
    expect(help).toContain('strop sharpen kitchen --grit 3000\n      One blade on a fine stone');
  });
});
