import type { Progress, Style } from '#operations';
import stringWidth from 'string-width';
import type { Printer } from './printer.ts';
import { plainText } from './style.ts';
import type { Output, World } from './world.ts';

/** Shows what a running operation reports. */
export interface ProgressView {
  show(event: Progress): void;
  /** Removes what was only for the moment; to be called before anything else is printed. */
  clear(): void;
}

/** Without a terminal: the shortest time between two lines about a state that is not its last. */
const PLAIN_EVERY_MS = 5_000;

/** On a terminal: the shortest time between two drawings. */
const REDRAW_EVERY_MS = 80;

/** Lines that follow a terminal's cursor where there is one, else plain lines that suit a log. */
export function createProgressView(world: World, printer: Printer, style: Style): ProgressView {
  return world.stderr.isTTY === true && world.env['TERM'] !== 'dumb'
    ? createLiveView(world, printer, style)
    : createPlainView(world, printer);
}

function createPlainView(world: World, printer: Printer): ProgressView {
  let printedMs = world.nowMs();
  return {
    show(event) {
      if (event.kind === 'state' && !event.last && world.nowMs() - printedMs < PLAIN_EVERY_MS) return;
      if (event.kind === 'state' && !event.last) printedMs = world.nowMs();
      printer.print(`${oneLine(event)}\n`);
    },
    clear() {
      // Nothing here is only for the moment.
    },
  };
}

function createLiveView(world: World, printer: Printer, style: Style): ProgressView {
  const states = new Map<string, string>();
  let drawnLines = 0;
  let drawnMs = -Infinity;
  const eraser = (): string => (drawnLines === 0 ? '' : `\r\u001b[${String(drawnLines)}A\u001b[0J`);
  const draw = (above: string): void => {
    const room = Math.max(1, (world.stderr.rows ?? 24) - 1);
    // The newest states matter most when there are more of them than the terminal has lines.
    const lines = [...states.values()].slice(-room).map((text) => `${fit(text, columnsOf(world.stderr))}\n`);
    printer.print(`${eraser()}${above}${lines.join('')}`);
    drawnLines = lines.length;
    drawnMs = world.nowMs();
  };
  return {
    show(event) {
      const text = oneLine(event);
      if (event.kind === 'step') {
        draw(`${style.dim(text)}\n`);
      } else if (event.last) {
        states.delete(event.topic);
        draw(`${text}\n`);
      } else {
        states.set(event.topic, text);
        if (world.nowMs() - drawnMs >= REDRAW_EVERY_MS) draw('');
      }
    },
    clear() {
      printer.print(eraser());
      states.clear();
      drawnLines = 0;
    },
  };
}

function oneLine(event: Progress): string {
  const text = event.kind === 'state' && event.topic !== '' ? `${event.topic}: ${event.text}` : event.text;
  return plainText(text).replace(/\s*\n\s*/g, ' ');
}

/** One column is left free: some terminals wrap when the last one is filled. */
function columnsOf(output: Output): number {
  return Math.max(10, (output.columns ?? 80) - 1);
}

/** The text cut to so many columns; wide characters count twice. */
export function fit(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
