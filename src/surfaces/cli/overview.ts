import type { OperationEntry } from '#operations';
import type { Program } from './program.ts';

const PHASES: readonly (readonly [phase: OperationEntry['phase'], title: string])[] = [
  ['understand', 'Understand the project and the machine'],
  ['baseline', 'Take a baseline before anything changes'],
  ['find', 'Find where time and memory go'],
  ['change', 'Prove one change'],
  ['close', 'Close: log, check, report'],
];

/** The operation that runs when strop is called without a command. */
export const DEFAULT_OPERATION = 'status';

/** The page of `strop --help`, made from the list of operations alone so that nothing else has to be loaded. */
export function overview(offer: Pick<Program, 'version' | 'operations' | 'services'>): string {
  const { services = [] } = offer;
  const names = [...offer.operations, ...services].map(({ name }) => name.length);
  const width = Math.max(...names, '--version'.length) + 2;
  const row = (name: string, text: string): string => `  ${name.padEnd(width)}${text}`;
  const lines = [
    `strop ${offer.version}: makes Python code faster and leaner by measured strokes`,
    '',
    'Usage: strop [command] [options]',
  ];
  for (const [phase, title] of PHASES) {
    const entries = offer.operations.filter((entry) => entry.phase === phase);
    if (entries.length === 0) continue;
    lines.push('', title, ...entries.map((entry) => row(entry.name, entry.summary)));
  }
  if (services.length > 0)
    lines.push('', 'Serve others', ...services.map(({ name, summary }) => row(name, summary)));
  lines.push(
    '',
    'Options',
    row('--json', 'With any command: the result as one JSON document on stdout'),
    row('--help', 'With a command: its options and examples'),
    row('--version', 'The version of strop'),
    '',
  );
  if (offer.operations.some((entry) => entry.name === DEFAULT_OPERATION))
    lines.push('`strop` alone says where you are in this loop and what to do next.');
  lines.push('`strop <command> --help` says more about one command.');
  return `${lines.join('\n')}\n`;
}
