import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { comparisonDocument } from './comparison.ts';

const FORMAT = '../../../docs/formats/comparison.v1.schema.json';

describe('the format of a comparison', () => {
  it('is the one that the documentation holds', async () => {
    const schema = z.toJSONSchema(comparisonDocument, { target: 'draft-2020-12' });
    // A difference that renames, removes or redefines a field needs a new version: see docs/formats/README.md.
    await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(FORMAT);
  });

  it('has every field that programs were promised', () => {
    expect(Object.keys(comparisonDocument.shape)).toEqual(
      expect.arrayContaining(['kind', 'version', 'a', 'b', 'verdict', 'workloads']),
    );
    expect(Object.keys(comparisonDocument.shape.workloads.element.shape)).toEqual(
      expect.arrayContaining([
        ...['id', 'verdict', 'meter', 'ratio', 'low', 'high', 'detectable', 'pairs', 'seconds', 'doubts'],
        'meters',
      ]),
    );
  });
});
