import { acceptedSteps, orderSteps } from './campaign.ts';
import type { Campaign } from './campaign.ts';
import { normaliseLine, parseLog, spellId, writeBlock } from './log-blocks.ts';
import type { Block, BlockKind, Segment } from './log-blocks.ts';
import {
  ATTEMPTS_CONSTANTS,
  attemptIdOf,
  attemptsLines,
  entryHeading,
  entryLines,
  headerLines,
  NOT_COMMITTED,
} from './log-parts.ts';
import type { Step } from './step.ts';

const HEADING = /^\s*###\s+Optimization\s+(\d{1,6})\b/i;
const COMMIT_LINE = /^\*\*Commit:\*\* (`[0-9a-f]{4,64}`|not committed yet)$/;
const BYTE_ORDER_MARK = '\uFEFF';

function blocksOf(segments: readonly Segment[]): readonly Block[] {
  return segments.flatMap((segment) => ('block' in segment ? [segment.block] : []));
}

/**
 * A log keeps the kind of line end that it has. Asked is what stays as it is first, so that the answer is the same after
 * the blocks were written anew.
 */
function findLineEnd(segments: readonly Segment[], known: ReadonlySet<string>): string {
  const kept = segments.map((segment) => {
    if ('text' in segment) return segment.text;
    return segment.block.kind === 'step' && !known.has(segment.block.id) ? segment.block.raw : '';
  });
  const all = segments.map((segment) => ('text' in segment ? segment.text : segment.block.raw));
  return /\r?\n/.exec(kept.join(''))?.[0] ?? /\r?\n/.exec(all.join(''))?.[0] ?? '\n';
}

/**
 * N of `### Optimization N` for each accepted step, by spelled id. An entry keeps the number that it has in the file;
 * a new one gets the next after the highest there, also when that was written by hand.
 */
function numberEntries(segments: readonly Segment[], accepted: readonly Step[]): ReadonlyMap<string, number> {
  const numberOf = (line: string): number | undefined => {
    const match = HEADING.exec(line);
    return match === null ? undefined : Number(match[1]);
  };
  const lines = segments.flatMap((segment) =>
    'text' in segment ? segment.text.split(/\r?\n/) : segment.block.lines,
  );
  let highest = Math.max(0, ...lines.flatMap((line) => numberOf(line) ?? []));
  const numbers = new Map<string, number>();
  for (const step of accepted) {
    const id = spellId(step.id);
    const block = blocksOf(segments).find((each) => each.kind === 'step' && each.id === id);
    const own = block?.lines.map(numberOf).find((each) => each !== undefined);
    if (own !== undefined && ![...numbers.values()].includes(own)) numbers.set(id, own);
  }
  for (const step of accepted) {
    const id = spellId(step.id);
    if (numbers.has(id)) continue;
    highest += 1;
    numbers.set(id, highest);
  }
  return numbers;
}

/** N of `### Optimization N` for each accepted step, by id, as the log has it or would get it. */
export function numberOptimizations(
  existing: string | undefined,
  campaign: Campaign,
): ReadonlyMap<string, number> {
  const accepted = acceptedSteps(campaign.steps);
  const text = renderLog(existing, campaign).replace(BYTE_ORDER_MARK, '');
  const numbers = numberEntries(parseLog(text), accepted);
  return new Map(accepted.map((step) => [step.id, numbers.get(spellId(step.id)) ?? 0]));
}

/** Lines of a block that strop would not write there, with the blank lines between them. */
function findForeignLines(
  block: Block,
  generated: readonly string[],
  stale: (line: string) => boolean,
): readonly string[] {
  if (block.untouched) return [];
  const own = new Set(generated.map(normaliseLine));
  const foreign: string[] = [];
  let blanks = 0;
  for (const line of block.lines) {
    if (line.trim() === '') blanks += 1;
    else if (own.has(normaliseLine(line)) || stale(normaliseLine(line))) blanks = 0;
    else {
      if (foreign.length > 0) foreign.push(...new Array<string>(blanks).fill(''));
      foreign.push(line);
      blanks = 0;
    }
  }
  return foreign;
}

/** What stands above the head of a campaign decides about its heading. */
function placeOfHeader(above: string): 'first' | 'below text' | 'later' {
  if (/^<!-- \/strop:(header|attempts)\b/m.test(above)) return 'later';
  return /^# /m.test(above) ? 'below text' : 'first';
}

/** The log as text that grows; parts that are new get a blank line around them. */
class Output {
  #text = '';
  #isolate = false;
  readonly #eol: string;

  constructor(eol: string) {
    this.#eol = eol;
  }

  get text(): string {
    return this.#text;
  }

  /** Puts text as it is; after a new part a blank line first. */
  put(text: string): void {
    if (text === '') return;
    if (this.#isolate && !/^[ \t]*\r?\n/.test(text)) this.#text += this.#eol;
    this.#isolate = false;
    this.#text += text;
  }

  /** Puts a part that was not there. */
  putNew(text: string): void {
    if (this.#text !== '') {
      if (!this.#text.endsWith('\n')) this.#text += this.#eol;
      if (!/(^|\n)[ \t]*\r?\n$/.test(this.#text)) this.#text += this.#eol;
    }
    this.#text += text;
    this.#isolate = true;
  }

  /** Puts what stood inside of a block behind it, as text of its own. */
  putMoved(lines: readonly string[]): void {
    if (lines.length > 0) this.putNew([...lines, ''].join(this.#eol));
  }
}

/** How the markers of a campaign's head and of its list of attempts name it; empty where there is no baseline. */
function campaignIdOf({ baseline }: Campaign): string {
  return baseline === undefined ? '' : spellId(baseline.id);
}

function renderOnce(existing: string, campaign: Campaign): string {
  const campaignId = campaignIdOf(campaign);
  const segments = parseLog(existing);
  const accepted = acceptedSteps(campaign.steps);
  const dropped = orderSteps(campaign.steps).filter((step) => step.outcome !== 'accepted');
  const known = new Set(campaign.steps.map((step) => spellId(step.id)));
  const eol = findLineEnd(segments, known);
  const numbers = numberEntries(segments, accepted);
  const output = new Output(eol);
  const written = new Set<string>();

  /** Another clone's history, or an earlier campaign's: nothing here can write it again. */
  const isStranger = ({ kind, id }: Block): boolean =>
    kind === 'step' ? !known.has(id) : id !== campaignId || (kind === 'header' && id === '');
  const strangers = blocksOf(segments)
    .flatMap((block) => (block.kind === 'attempts' && !isStranger(block) ? block.lines : []))
    .filter((line) => {
      const id = attemptIdOf(line);
      return id !== undefined && !known.has(id);
    });
  const linesOfStep = (step: Step): readonly string[] => entryLines(step, numbers.get(spellId(step.id)) ?? 0);
  const linesOf = (kind: BlockKind, id: string): readonly string[] | undefined => {
    if (kind === 'attempts') return attemptsLines(dropped, [...new Set(strangers)]);
    if (kind === 'header') return headerLines(campaign.baseline, placeOfHeader(output.text));
    const step = accepted.find((each) => spellId(each.id) === id);
    return step === undefined ? undefined : linesOfStep(step);
  };
  /** Lines that were right once, or that say the same in an older way. */
  const isStale =
    (kind: BlockKind, id: string) =>
    (line: string): boolean => {
      if (kind === 'attempts') return ATTEMPTS_CONSTANTS.some((each) => normaliseLine(each) === line);
      const step = accepted.find((each) => spellId(each.id) === id);
      if (kind === 'header' || step === undefined) return false;
      const number = Number(HEADING.exec(line)?.[1] ?? 0);
      return COMMIT_LINE.test(line) || normaliseLine(entryHeading(step, number)) === line;
    };
  const putMissing = (kind: BlockKind, id: string): void => {
    const name = `${kind} ${id}`;
    if (written.has(name)) return;
    written.add(name);
    output.putNew(writeBlock(kind, id, linesOf(kind, id) ?? [], eol));
  };
  const header = `header ${campaignId}`;
  const inFile = new Set(blocksOf(segments).map((block) => `${block.kind} ${block.id}`));
  const putMissingSteps = (): void => {
    for (const id of accepted.map((step) => spellId(step.id))) {
      if (!inFile.has(`step ${id}`)) putMissing('step', id);
    }
  };

  for (const segment of segments) {
    if ('text' in segment) {
      output.put(segment.text);
      continue;
    }
    const { block } = segment;
    const { kind, id } = block;
    if (isStranger(block)) {
      output.put(block.raw);
      continue;
    }
    if (!inFile.has(header)) putMissing('header', campaignId);
    if (kind === 'attempts') putMissingSteps();
    const lines = linesOf(kind, id);
    const isSecond = written.has(`${kind} ${id}`);
    written.add(`${kind} ${id}`);
    if (lines !== undefined && !isSecond) output.put(writeBlock(kind, id, lines, eol));
    output.putMoved(findForeignLines(block, lines ?? [], isStale(kind, id)));
  }
  if (!inFile.has(header)) putMissing('header', campaignId);
  putMissingSteps();
  if (!inFile.has(`attempts ${campaignId}`)) putMissing('attempts', campaignId);
  return output.text;
}

/**
 * `OPTIMIZATION_LOG.md`, brought up to date: the baseline, an entry for each accepted step, and what was tried and not
 * kept. `existing` is the file as it is, undefined where there is none.
 *
 * Generated parts stand between markers (`<!-- strop:step ID -->` … `<!-- /strop:step ID sum=… -->`) and are written
 * anew; everything else is kept byte for byte, line ends included. What somebody wrote inside of a generated part is
 * moved behind it. Entries of steps that this campaign does not know (of an earlier baseline, or made in another clone) stay as
 * they are, with the head and the attempts of their campaign; a new campaign follows behind what is there.
 * Rendering the result again changes nothing.
 */
export function renderLog(existing: string | undefined, campaign: Campaign): string {
  const isMarked = existing?.startsWith(BYTE_ORDER_MARK) === true;
  let text = isMarked ? existing.slice(1) : (existing ?? '');
  // A block that goes may leave two stray markers side by side that now are a block: rare, and settled by looking again.
  for (let pass = 0; pass < 20; pass += 1) {
    const next = renderOnce(text, campaign);
    if (next === text) break;
    text = next;
  }
  return isMarked ? BYTE_ORDER_MARK + text : text;
}

/** Whether the log tells what the history knows. */
export interface LogState {
  readonly holds: boolean;
  /** What is not there or not as it was measured, a sentence each. */
  readonly missing: readonly string[];
  /** Ids of accepted steps without a true entry. */
  readonly steps: readonly string[];
}

/**
 * Compares meanings, so that a formatter may have been at the file. A commit that holds its own log cannot know its own
 * hash: `not committed yet` stands for any hash, a wrong hash does not.
 */
function tellsTheSame(found: Block, wanted: Block): boolean {
  const meaning = (block: Block): readonly string[] =>
    block.lines.map(normaliseLine).filter((line) => line !== '');
  const lines = meaning(found);
  const wantedLines = meaning(wanted);
  return (
    lines.length === wantedLines.length &&
    lines.every((line, index) => {
      const other = wantedLines[index] ?? '';
      return line === other || (line === NOT_COMMITTED && COMMIT_LINE.test(other));
    })
  );
}

/** Holds the log against the history: every accepted step with its numbers, every attempt, the baseline. */
export function logHolds(text: string | undefined, campaign: Campaign): LogState {
  const accepted = acceptedSteps(campaign.steps);
  if (text === undefined) {
    const empty = campaign.steps.length === 0;
    return {
      holds: empty,
      missing: empty ? [] : ['There is no log.'],
      steps: accepted.map((step) => step.id),
    };
  }
  const plain = text.replace(BYTE_ORDER_MARK, '');
  const found = blocksOf(parseLog(plain));
  const wanted = blocksOf(parseLog(renderLog(plain, campaign)));
  const missing: string[] = [];
  const steps: string[] = [];
  const look = (kind: BlockKind, id: string, what: string): boolean => {
    const matches = found.filter((block) => block.kind === kind && block.id === id);
    const right = wanted.find((block) => block.kind === kind && block.id === id);
    const [only] = matches;
    if (right === undefined || (matches.length === 1 && only !== undefined && tellsTheSame(only, right)))
      return true;
    if (only === undefined) missing.push(`${what} is not in the log.`);
    else if (matches.length > 1) missing.push(`${what} is in the log ${String(matches.length)} times.`);
    else missing.push(`${what} is not in the log as it was measured.`);
    return false;
  };
  const campaignId = campaignIdOf(campaign);
  if (campaign.baseline !== undefined) look('header', campaignId, 'The baseline');
  for (const step of accepted) {
    if (!look('step', spellId(step.id), `Step "${step.title}"`)) steps.push(step.id);
  }
  look('attempts', campaignId, 'The list of attempts that were not kept');
  for (const step of campaign.steps) {
    if (step.outcome !== 'accepted' && found.some((block) => block.id === spellId(step.id)))
      missing.push(`Step "${step.title}" has an entry but was not accepted.`);
  }
  return { holds: missing.length === 0, missing, steps };
}
