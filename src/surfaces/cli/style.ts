import type { Style } from '#operations';
import pico from 'picocolors';
import type { Output } from './world.ts';

/** Columns of a line where the output is no terminal and `COLUMNS` says nothing. */
const PLAIN_WIDTH = 100;

/** Whether this output gets colours: `NO_COLOR` forbids, `FORCE_COLOR` demands, else only a capable terminal. */
function wantsColour(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTTY === true && env['TERM'] !== 'dumb';
}

/** How text for this output looks. */
export function createStyle(output: Output, env: Readonly<Record<string, string | undefined>>): Style {
  const colours = pico.createColors(wantsColour(output, env));
  const said = Number(env['COLUMNS']);
  return {
    bold: (text) => colours.bold(text),
    dim: (text) => colours.dim(text),
    good: (text) => colours.green(text),
    bad: (text) => colours.red(text),
    warn: (text) => colours.yellow(text),
    width: output.columns ?? (Number.isInteger(said) && said >= 20 ? said : PLAIN_WIDTH),
  };
}

/** Per the convention of no-color.org the empty string counts as absent. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/**
 * Text from elsewhere made safe for a terminal: no escape sequences and no control characters, which could move the
 * cursor or change the title. Line ends and tabs stay.
 */
export function plainText(text: string): string {
  return text
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
