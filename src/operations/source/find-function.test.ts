import { describe, expect, it } from 'vitest';
import { findFunctions, listFunctions } from './find-function.ts';

const TEXT = `import json

class Cart:
    @property
    def total(
        self,
    ):
        # nothing yet

        return 0

    async def load(self): return 1


def total(rows):
    return 2
`.split('\n');

describe('a function in a text', () => {
  it('reaches from its decorators to its last line, in a class or outside', () => {
    expect(findFunctions(TEXT, 'Cart.total')).toEqual([
      { from: 4, to: 10 },
      { from: 15, to: 16 },
    ]);
    expect(findFunctions(TEXT, 'load')).toEqual([{ from: 12, to: 12 }]);
    expect(findFunctions(TEXT, 'Cart')).toEqual([{ from: 3, to: 12 }]);
  });

  it('is not found where it is not', () => {
    expect(findFunctions(TEXT, 'tot')).toEqual([]);
    expect(listFunctions(TEXT)).toEqual(['Cart', 'total', 'load', 'total']);
  });
});
