import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from './index.ts';

const HERE = import.meta.dirname;
const folders = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

it('each folder is a rule in the list, and nothing else is', () => {
  expect(rules.map((rule) => rule.id).sort()).toEqual(folders.sort());
});

describe.each(rules)('the rule $id', (rule) => {
  it('finds something in slow.py and nothing in fast.py', () => {
    const read = (name: string): string => readFileSync(join(HERE, rule.id, name), 'utf8');
    expect(rule.find(read('slow.py')).length).toBeGreaterThan(0);
    expect(rule.find(read('fast.py'))).toEqual([]);
  });
});
