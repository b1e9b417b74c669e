import { StropError } from '#base';
import type { Operation } from '#operations';
import { Argument, Command, CommanderError, Option } from 'commander';
import { flagsOf } from './flags.ts';
import type { Flag } from './flags.ts';
import { operationNotes } from './operation-notes.ts';

/** What a command line asks of one operation. */
export type Request =
  | { readonly kind: 'run'; readonly input: unknown; readonly json: boolean }
  | { readonly kind: 'help'; readonly text: string };

/**
 * Reads the words after the operation's name by the operation's own declaration. A word that does not fit is a
 * StropError `bad-request` that names it and, where one is near, what was meant.
 */
export function parseRequest(operation: Operation, argv: readonly string[], width: number): Request {
  const flags = flagsOf(operation.input.toJSONSchema({ io: 'input', unrepresentable: 'any' }));
  const [own, rest] = splitRest(operation, argv);
  const positionals = operation.positionals.map((property) => flagNamed(flags, property));
  const options = flags.filter(
    (flag) => !operation.positionals.includes(flag.property) && flag.property !== operation.rest,
  );

  let help = '';
  const command = buildCommand(operation, positionals, options);
  command.configureOutput({
    writeOut: (text) => (help += text),
    outputError: () => undefined,
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width,
    getOutHasColors: () => false,
  });
  try {
    command.parse(own, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: help };
    throw refusal(operation, error.message);
  }

  const input: Record<string, unknown> = {};
  for (const flag of options) {
    if (command.getOptionValueSource(flag.property) === 'cli')
      input[flag.property] = command.getOptionValue(flag.property);
  }
  positionals.forEach((flag, index) => {
    const value: unknown = command.processedArgs[index];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) input[flag.property] = value;
  });
  if (operation.rest !== undefined && rest !== undefined) input[operation.rest] = rest;

  const parsed = operation.input.safeParse(input);
  if (parsed.success)
    return { kind: 'run', input: parsed.data, json: command.getOptionValue('json') === true };
  throw new StropError({
    code: 'bad-request',
    problem: parsed.error.issues.map((issue) => describeIssue(operation, flags, input, issue)).join('; '),
    remedy: seeHelp(operation),
  });
}

/** The words before and after `--`, for operations that pass the latter on. */
function splitRest(
  operation: Operation,
  argv: readonly string[],
): readonly [own: readonly string[], rest: readonly string[] | undefined] {
  const at = operation.rest === undefined ? -1 : argv.indexOf('--');
  return at < 0 ? [argv, undefined] : [argv.slice(0, at), argv.slice(at + 1)];
}

function buildCommand(operation: Operation, positionals: readonly Flag[], options: readonly Flag[]): Command {
  const command = new Command(`strop ${operation.name}`)
    .description(operation.description)
    .helpOption('-h, --help', 'Show this help')
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', operationNotes(operation));
  for (const flag of positionals) command.addArgument(argumentOf(flag));
  for (const flag of options) for (const option of optionsOf(flag)) command.addOption(option);
  command.option('--json', 'Print the result as one JSON document on stdout, everything else on stderr');
  const words = positionals.map((flag) => {
    const name = flag.many ? `${flag.name}...` : flag.name;
    return flag.required ? ` <${name}>` : ` [${name}]`;
  });
  return command.usage(
    `[options]${words.join('')}${operation.rest === undefined ? '' : ` [-- ${operation.rest}...]`}`,
  );
}

function argumentOf(flag: Flag): Argument {
  const name = flag.many ? `${flag.name}...` : flag.name;
  return new Argument(flag.required ? `<${name}>` : `[${name}]`, described(flag)).argParser(
    (text, former: unknown) => collect(flag, text, former),
  );
}

/** One option for each flag, and a second one that says no where the operation says yes by default. */
function optionsOf(flag: Flag): readonly Option[] {
  const name = `--${flag.name}`;
  // The property is set by hand: commander's own camel case differs for names with digits or several capitals.
  const bind = (option: Option): Option => Object.assign(option, { attributeName: () => flag.property });
  if (flag.kind === 'switch') {
    return flag.fallback === true
      ? [bind(new Option(`--no-${flag.name}`, flag.description)), bind(new Option(name).hideHelp())]
      : [bind(new Option(name, flag.description))];
  }
  const value = flag.choices.length > 0 && !flag.many ? flag.choices.join('|') : flag.placeholder;
  const shape = flag.kind === 'switch-or-text' ? `[${value}]` : `<${value}>`;
  const option = new Option(`${name} ${shape}`, described(flag));
  option.argParser((text: string, former: unknown) => collect(flag, text, former));
  return [bind(option)];
}

function described(flag: Flag): string {
  const notes = [];
  if (flag.choices.length > 0) notes.push(`choices: ${flag.choices.join(', ')}`);
  if (flag.many) notes.push('repeatable');
  if (flag.required) notes.push('required');
  const { fallback } = flag;
  if (fallback !== undefined && fallback !== null && !(Array.isArray(fallback) && fallback.length === 0))
    notes.push(`default: ${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}`);
  return notes.length === 0 ? flag.description : `${flag.description} (${notes.join('; ')})`;
}

/** The word as the schema expects it; lists grow, and a list of listed words may also be given as `a,b`. */
function collect(flag: Flag, text: string, former: unknown): unknown {
  if (!flag.many) return convert(flag, text);
  const words = flag.choices.length > 0 ? text.split(',') : [text];
  const before: readonly unknown[] = Array.isArray(former) ? former : [];
  return [...before, ...words.map((word) => convert(flag, word))];
}

function convert(flag: Flag, text: string): unknown {
  if (flag.kind === 'number')
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (flag.kind !== 'json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function flagNamed(flags: readonly Flag[], property: string): Flag {
  const found = flags.find((flag) => flag.property === property);
  if (found === undefined) throw new Error(`positional '${property}' is no input property`);
  return found;
}

/** Turns a message of commander (`error: unknown option '--x'`, then a suggestion in brackets) into a problem. */
function refusal(operation: Operation, message: string): StropError {
  const [first = '', second] = message.split('\n');
  const meant = second?.match(/^\((Did .*)\)$/)?.[1];
  // What is a flag of one command is a plain word of another.
  const word = first.match(/unknown option '--([\w-]+)'/)?.[1];
  const remedy =
    word !== undefined && operation.positionals.includes(word)
      ? `give the ${word} without a flag: strop ${operation.name} <${word}>`
      : meant === undefined
        ? seeHelp(operation)
        : meant.replace(/^D/, 'd');
  return new StropError({ code: 'bad-request', problem: first.replace(/^error: /, ''), remedy });
}

function seeHelp(operation: Operation): string {
  return `'strop ${operation.name} --help' lists what it takes`;
}

interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

function describeIssue(
  operation: Operation,
  flags: readonly Flag[],
  input: Readonly<Record<string, unknown>>,
  issue: Issue,
): string {
  const flag = flags.find(({ property }) => property === issue.path[0]);
  if (flag === undefined) return issue.message;
  const name =
    operation.positionals.includes(flag.property) || flag.property === operation.rest
      ? `<${flag.name}>`
      : `--${flag.name}`;
  const given = issue.path
    .slice(1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : value,
      input[flag.property],
    );
  if (given === undefined) return `${name} is missing`;
  const message = issue.message.replace(/^Invalid input: (expected .*), received .*$/, '$1');
  return `${name} ${typeof given === 'string' ? `'${given}'` : JSON.stringify(given)}: ${message}`;
}
