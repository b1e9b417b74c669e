import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Collection, StepDocument } from '#store';

/** What documents of measurements have in common. */
interface Measured {
  readonly doubts: StepDocument['doubts'];
  readonly samples: string | null;
}

/** A measurement with its name in the history, or null where it could not be kept. */
export interface KeptMeasured<T> {
  readonly name: string | null;
  readonly document: T;
}

/**
 * Keeps what was measured. Where the disk refuses, it is answered all the same, with the doubt `not-kept` and without
 * samples: minutes of measuring are worth more than their record.
 */
export async function keepMeasured<T extends Measured & { readonly date: string }>(
  collection: Pick<Collection<T>, 'save'>,
  document: T,
  samples?: readonly unknown[],
): Promise<KeptMeasured<T>> {
  try {
    return await collection.save(document, samples);
  } catch (error) {
    if (!(error instanceof StropError) || error.code !== 'disk') throw error;
    const lost = { ...document, samples: null, doubts: [...document.doubts, notKept(error)] };
    return { name: null, document: lost };
  }
}

function notKept({ message, facts }: StropError): Doubt {
  return { code: 'not-kept', text: `Not kept in the history: ${message}. ${facts.remedy}` };
}

/** Whether a document is in the history, and so there for what comes next. */
export function isKept({ doubts }: Pick<Measured, 'doubts'>): boolean {
  return !doubts.some(({ code }) => code === 'not-kept');
}
