/** A type as written in an annotation. */
export type Type =
  /** `list[int]`: the dotted name as written, and its arguments. */
  | { readonly kind: 'name'; readonly name: string; readonly arguments: readonly Type[] }
  | { readonly kind: 'union'; readonly options: readonly Type[] }
  /** A Python literal: an option of `Literal[...]`, or `None`. */
  | { readonly kind: 'literal'; readonly text: string }
  /** `[int, str]` of `Callable[[int, str], bool]`, and `...`. */
  | { readonly kind: 'other' };

const TOKEN =
  /\s*(?:([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[-+]?[\d.][\w.]*)|(\.\.\.|[[\]|,]))/uy;

interface Token {
  readonly kind: 'name' | 'literal' | 'sign';
  readonly text: string;
}

function split(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    // `...` begins like a number.
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, name, literal, sign] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (literal !== undefined)
      tokens.push({ kind: literal === '...' ? 'sign' : 'literal', text: literal });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

class Reader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get done(): boolean {
    return this.at === this.tokens.length;
  }

  type(literal = false): Type | undefined {
    const options: Type[] = [];
    do {
      const option = this.atom(literal);
      if (option === undefined) return undefined;
      options.push(option);
    } while (this.take('|'));
    return options.length === 1 ? options[0] : { kind: 'union', options };
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.at += 1;
    return true;
  }

  private list(literal: boolean): readonly Type[] | undefined {
    const found: Type[] = [];
    while (!this.take(']')) {
      const one = this.type(literal);
      if (one === undefined) return undefined;
      found.push(one);
      if (!this.take(',') && this.tokens[this.at]?.text !== ']') return undefined;
    }
    return found;
  }

  private atom(literal: boolean): Type | undefined {
    if (this.take('...')) return { kind: 'other' };
    if (this.take('[')) return this.list(false) === undefined ? undefined : { kind: 'other' };
    const token = this.tokens[this.at];
    if (token === undefined || token.kind === 'sign') return undefined;
    this.at += 1;
    if (token.kind === 'literal') {
      if (literal || !/^['"]/.test(token.text)) return { kind: 'literal', text: token.text };
      return readType(token.text.slice(1, -1));
    }
    if (/^(None|True|False)$/.test(token.text)) return { kind: 'literal', text: token.text };
    if (!this.take('[')) return { kind: 'name', name: token.text, arguments: [] };
    const given = this.list(/(^|\.)Literal$/.test(token.text));
    return given === undefined ? undefined : { kind: 'name', name: token.text, arguments: given };
  }
}

/** Reads an annotation, also one in quotes; undefined for what is no type expression. */
export function readType(text: string): Type | undefined {
  const tokens = split(text);
  if (tokens === undefined) return undefined;
  const reader = new Reader(tokens);
  const type = reader.type();
  return reader.done ? type : undefined;
}
