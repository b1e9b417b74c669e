import { describe, expect, it } from 'vitest';
import { comparisonDocument } from './comparison.ts';

describe('the format of documents', () => {
  it('of a comparison has every field that programs were promised', () => {
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
