import type { Failure } from '#base';
import type { Printer } from './printer.ts';
import { createPrinter } from './printer.ts';
import { createStyle, plainText } from './style.ts';
import type { World } from './world.ts';

/** The last lines of a failed child that are shown: enough for a Python traceback, little enough to keep the message in sight. */
const DETAIL_LINES = 40;

/** The exit code that goes with a failure when no signal decides it. */
export function exitCodeOf(failure: Failure): number {
  if (failure.code === 'bug') return 70;
  return failure.code === 'interrupted' ? 130 : 2;
}

/** Prints the failure: as lines on stderr, and for programs also as one JSON document on stdout. */
export async function reportFailure(world: World, asJson: boolean, failure: Failure): Promise<void> {
  const stderr = createPrinter(world.stderr);
  printFailure(stderr, world, failure);
  const printers = [stderr];
  if (asJson) {
    const stdout = createPrinter(world.stdout);
    stdout.print(`${JSON.stringify({ kind: 'error', version: 1, ...failure }, undefined, 2)}\n`);
    printers.push(stdout);
  }
  await Promise.all(printers.map((printer) => printer.flush()));
}

function printFailure(stderr: Printer, world: World, failure: Failure): void {
  const style = createStyle(world.stderr, world.env);
  const lines = [`${style.bold(style.bad('error:'))} ${plainText(failure.problem)}`];
  if (failure.where !== undefined) lines.push(`  ${style.dim('where:')}  ${plainText(failure.where)}`);
  lines.push(`  ${style.dim('remedy:')} ${plainText(failure.remedy)}`);
  const detail = plainText(failure.detail ?? '').trimEnd();
  if (detail !== '') {
    const all = detail.split('\n');
    const left = all.length - DETAIL_LINES;
    lines.push('');
    if (left > 0) lines.push(style.dim(`  … ${String(left)} earlier lines`));
    lines.push(...all.slice(-DETAIL_LINES).map((line) => `  ${line}`));
  }
  stderr.print(`${lines.join('\n')}\n`);
}
