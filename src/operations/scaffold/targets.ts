import { StropError } from '#base';

/** What the user wants measured, as written. */
export interface Target {
  readonly text: string;
  readonly module: string;
  /** `['function']` or `['Class', 'method']`. */
  readonly path: readonly string[];
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*`;
const DOTTED = String.raw`${NAME}(?:\.${NAME})*`;
const TARGET = new RegExp(`^(${DOTTED}):(${DOTTED})$`, 'u');

function refuse(text: string, remedy: string): StropError {
  return new StropError({
    code: 'bad-request',
    problem: `'${text}' does not name a function as module:function or module:Class.method`,
    remedy,
  });
}

/** What was probably meant by a text that is no target: a file instead of a module, or a missing colon. */
function guessMeant(text: string): string | undefined {
  const [head = '', tail, ...more] = text.split(/::?|#/).map((part) => part.trim());
  const name = [tail, ...more].filter((part) => part !== undefined).join('.');
  const file = /^(?:\.[/\\])?(?:src[/\\])?(.+?)(?:[/\\]__init__)?\.pyi?$/.exec(head)?.[1];
  const module = (file ?? head).replaceAll(/[/\\]/g, '.');
  const dot = module.lastIndexOf('.');
  const meant =
    name !== '' || file !== undefined
      ? `${module}:${name === '' ? 'function' : name}`
      : `${module.slice(0, dot)}:${module.slice(dot + 1)}`;
  return TARGET.test(meant) ? meant : undefined;
}

/** Reads the targets of a request, each once; a text of another form is a `bad-request` that says what was probably meant. */
export function readTargets(texts: readonly string[]): readonly Target[] {
  return [...new Set(texts.map((text) => text.trim()))].map((text) => {
    const match = TARGET.exec(text);
    if (match !== null) return { text, module: match[1] ?? '', path: (match[2] ?? '').split('.') };
    const meant = guessMeant(text);
    throw refuse(
      text,
      meant === undefined
        ? 'Write it as in shop.prices:total or shop.prices:Basket.total.'
        : `Did you mean ${meant}?`,
    );
  });
}
