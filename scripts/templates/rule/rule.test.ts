import { describe, expect, it } from 'vitest';
import { exampleName } from './rule.ts';

describe('example-name', () => {
  it('names the line', () => {
    expect(exampleName.find('values = [2, 1]\nleast = sorted(values)[0]\n')).toEqual([{ line: 2 }]);
  });

  it('leaves other uses alone', () => {
    expect(exampleName.find('first_two = sorted(values)[:2]\n')).toEqual([]);
  });
});
