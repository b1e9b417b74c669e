/** A text that is put into another one. */
export interface Piece {
  /** Offset in the text with all pieces in it, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
}

/** The text with all pieces in it; they are in order. */
export function insertPieces(text: string, pieces: readonly Piece[]): string {
  return pieces.reduce((whole, { at, text: piece }) => whole.slice(0, at) + piece + whole.slice(at), text);
}

/** The text as it was before {@link insertPieces}; undefined when the pieces are not where they were put. */
export function takePieces(text: string, pieces: readonly Piece[]): string | undefined {
  let whole = text;
  for (const { at, text: piece } of [...pieces].reverse()) {
    if (!whole.startsWith(piece, at)) return undefined;
    whole = whole.slice(0, at) + whole.slice(at + piece.length);
  }
  return whole;
}

/** The line end that the text uses. */
export function lineEndOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
