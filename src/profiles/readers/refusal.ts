import { StropError } from '#base';

const CUT_OFF = 'Record the profile again; a file that is cut off was perhaps copied while it was written.';

/** Says how a file is damaged, or why there is no profile in it. The name of the file is added by `readProfile`. */
export function refuse(problem: string, remedy = CUT_OFF): StropError {
  return new StropError({ code: 'bad-profile', problem, remedy });
}

/** The text of a file in UTF-8; a byte that is none becomes a mark, since a path in a profile may hold any byte. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder().decode(bytes);
  } catch {
    throw refuse('the file is too large to be read as one text', 'Record a shorter time or at a lower rate.');
  }
}
