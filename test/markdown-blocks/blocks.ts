/** How a block of commands is to end when it is run. */
export interface Expectation {
  /** Texts that have to be in what the block prints, on either stream. */
  readonly markers: readonly string[];
  /** Files that have to be there afterwards, relative to the project. */
  readonly files: readonly string[];
  /** Exit codes that the whole block may end with; its commands stop at the first that fails. */
  readonly codes: readonly number[];
  /** A program that not every machine has, and the page says so; without it the block is left out. */
  readonly needs: string | undefined;
  /** What a reader would edit before this block, by a name that the stage knows. */
  readonly edit: string | undefined;
}

/** One fenced block of shell commands. */
export interface Block {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly commands: string;
  /**
   * What is expected of it; why it is not run, in words that the reader of the page sees, too; or the page on which the same
   * command lines are run.
   */
  readonly what: Expectation | { readonly notRun: string } | { readonly runsIn: string };
}

/** A page whose blocks cannot be told apart from those that nobody runs. */
export class UnmarkedBlock extends Error {}

const FENCE = /^(?<indent> *)(?<marks>`{3,})(?<language>[\w-]*)[^`]*$/;
const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'console']);
const RUNS = /^<!-- runs: (?<rest>.+) -->$/;
const RUNS_IN = /^<!-- runs in (?<page>\S+) -->$/;
const NOT_RUN = /^\*Not run by the tests: (?<reason>.+)\*$/;
const ATTRIBUTE = /(marker|file|edit|needs) "([^"]+)"|exit (\d+(?:\|\d+)*)/g;

/**
 * The blocks of shell commands of a page, each with what the line above it says of it: either a comment
 * `<!-- runs: marker "3 passed" exit 1 file "out.prof" edit "name" -->` (`exit 0|3` where chance decides between the
 * two), or `<!-- runs in other/page.md -->`, or the visible words `*Not run by the tests: reason.*`.
 */
export function findBlocks(page: string): readonly Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = FENCE.exec(lines[at] ?? '')?.groups;
    if (fence === undefined) continue;
    const { marks = '', language = '', indent = '' } = fence;
    const end = lines.findIndex((line, index) => index > at && line.trim() === marks);
    if (end < 0) throw new UnmarkedBlock(`line ${at + 1}: the block has no end`);
    if (SHELLS.has(language)) {
      const body = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
      const above = lines.slice(0, at).findLast((line) => line.trim() !== '') ?? '';
      blocks.push({
        line: at + 1,
        commands: (language === 'console' ? typedLines(body) : body).join('\n'),
        what: readDirective(above.trim(), at + 1),
      });
    }
    at = end;
  }
  return blocks;
}

/** The lines of a block without its comments, to be held against those of another page. */
export function commandLines({ commands }: Block): readonly string[] {
  return commands
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** What is typed at a prompt; the lines between are what was printed. */
function typedLines(body: readonly string[]): readonly string[] {
  return body.filter((line) => /^[$>] /.test(line)).map((line) => line.slice(2));
}

function readDirective(above: string, line: number): Block['what'] {
  const reason = NOT_RUN.exec(above)?.groups?.['reason'];
  if (reason !== undefined) return { notRun: reason };
  const page = RUNS_IN.exec(above)?.groups?.['page'];
  if (page !== undefined) return { runsIn: page };
  const rest = RUNS.exec(above)?.groups?.['rest'];
  if (rest === undefined)
    throw new UnmarkedBlock(
      `line ${line}: nothing above the block says how it is run (<!-- runs: marker "…" -->) or why it is not (*Not run by the tests: …*)`,
    );
  const found = {
    marker: [] as string[],
    file: [] as string[],
    edit: [] as string[],
    needs: [] as string[],
    exit: [] as string[],
  };
  const left = rest.replace(
    ATTRIBUTE,
    (_all, name?: 'marker' | 'file' | 'edit' | 'needs', text?: string, codes?: string) => {
      found[name ?? 'exit'].push(text ?? codes ?? '');
      return '';
    },
  );
  if (left.trim() !== '')
    throw new UnmarkedBlock(`line ${line}: '${left.trim()}' says nothing of how to run the block`);
  if (found.marker.length + found.file.length === 0)
    throw new UnmarkedBlock(`line ${line}: no marker and no file is expected of the block`);
  return {
    markers: found.marker,
    files: found.file,
    codes: (found.exit[0] ?? '0').split('|').map(Number),
    edit: found.edit[0],
    needs: found.needs[0],
  };
}
