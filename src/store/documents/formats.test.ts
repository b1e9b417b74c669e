import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerDocument } from './answer.ts';
import { baselineDocument } from './baseline.ts';
import { comparisonDocument } from './comparison.ts';
import { profileDocument } from './profile.ts';
import { stepDocument } from './step.ts';

const FORMATS = {
  answer: answerDocument,
  baseline: baselineDocument,
  comparison: comparisonDocument,
  profile: profileDocument,
  step: stepDocument,
};

describe('the formats of documents', () => {
  it.each(Object.entries(FORMATS))(
    'of a %s is the one that the documentation holds',
    async (kind, document) => {
      const schema = z.toJSONSchema(document, { target: 'draft-2020-12' });
      // A difference that renames, removes or redefines a field needs a new version: see docs/formats/README.md.
      await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(
        `../../../docs/formats/${kind}.v1.schema.json`,
      );
    },
  );

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
