/*
 * The log is one file for two authors: strop writes blocks between markers, people write everywhere else.
 * Here the file is taken apart, without knowing what belongs into a block.
 */

export type BlockKind = 'header' | 'step' | 'attempts';

/** A pair of markers with what lies between. */
export interface Block {
  readonly kind: BlockKind;
  /**
   * The id as the marker spells it ({@link spellId}): the step's, else the baseline's with which the campaign of a head or of
   * a list of attempts began; empty where there is none.
   */
  readonly id: string;
  /** Without markers and line ends. */
  readonly lines: readonly string[];
  /** Whether the lines are those that were generated, going by the sum in the closing marker. */
  readonly untouched: boolean;
  /** As it stands in the file, with markers and line ends. */
  readonly raw: string;
}

/** A piece of the file: a block, or what somebody wrote. */
export type Segment = { readonly text: string } | { readonly block: Block };

interface Marker {
  readonly line: number;
  readonly closes: boolean;
  readonly kind: BlockKind;
  readonly id: string;
  readonly sum: string | undefined;
}

const MARKER =
  /^[ \t]*<!-- (\/?)strop:(header|step|attempts)(?: ([A-Za-z0-9._:+%-]+))?(?: sum=([0-9a-f]{8}))? -->[ \t]*$/;

/** An id as a marker can hold it: never a space, a line end or the end of a comment. Different ids stay different. */
export function spellId(id: string): string {
  const spelled = id
    .replace(/[^A-Za-z0-9._:+-]/g, (each) => `%${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/-(?=-)/g, '%002d');
  return spelled === '' ? '%' : spelled;
}

/**
 * A line as its meaning: formatters of Markdown widen the cells of tables and dashes, which is nobody's remark.
 */
export function normaliseLine(line: string): string {
  return line
    .replace(/\s+/g, ' ')
    .replace(/:?-{3,}:?/g, '---')
    .replace(/ ?\| ?/g, '|')
    .trim();
}

/** FNV-1a over the meaning of the lines: tells a block that somebody wrote into, and is no protection against forgery. */
function sumUp(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const line of lines.map(normaliseLine).filter((each) => each !== '')) {
    for (const character of `${line}\n`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    }
  }
  return hash.toString(16).padStart(8, '0');
}

/** The block as text, ending with a line end. `id` is spelled already. */
export function writeBlock(kind: BlockKind, id: string, lines: readonly string[], eol: string): string {
  const name = id === '' ? `strop:${kind}` : `strop:${kind} ${id}`;
  return [`<!-- ${name} -->`, ...lines, `<!-- /${name} sum=${sumUp(lines)} -->`, ''].join(eol);
}

function readMarkers(lines: readonly string[]): readonly Marker[] {
  return lines.flatMap((content, line) => {
    const match = MARKER.exec(content);
    if (match === null) return [];
    const [, slash, kind, id, sum] = match;
    return [{ line, closes: slash === '/', kind: kind as BlockKind, id: id ?? '', sum }];
  });
}

/**
 * Takes a log apart; the pieces joined are the file again. A block is an opening marker and the next marker, if that
 * closes it. A marker without its partner is text: what belongs to it cannot be told from what somebody wrote.
 */
export function parseLog(text: string): readonly Segment[] {
  const whole = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const lines = whole.map((line) => line.replace(/\r?\n$/, ''));
  const markers = readMarkers(lines);
  const segments: Segment[] = [];
  let done = 0;
  const takeText = (end: number): void => {
    if (end > done) segments.push({ text: whole.slice(done, end).join('') });
  };
  markers.forEach((open, index) => {
    const close = markers[index + 1];
    if (open.closes || close?.closes !== true || close.kind !== open.kind || close.id !== open.id) return;
    takeText(open.line);
    done = close.line + 1;
    const inside = lines.slice(open.line + 1, close.line);
    segments.push({
      block: {
        kind: open.kind,
        id: open.id,
        lines: inside,
        untouched: close.sum === sumUp(inside),
        raw: whole.slice(open.line, done).join(''),
      },
    });
  });
  takeText(whole.length);
  return segments;
}
