import type { Expression } from './expression.ts';
import type { Making } from './making.ts';

/** Elements of an outer container. */
export const MANY = 1000;
/** Elements of a container inside another. */
export const FEW = 10;

/** What parameters without annotation usually hold, by their names. */
const GUESSES: readonly (readonly [RegExp, (quote: Making['quote']) => string])[] = [
  [/^(is|has|use|with|allow)_|^(flag|verbose|strict|reverse)$/, () => 'True'],
  [
    /(^|_)(texts|strings|words|lines|names|keys|sentences)$/,
    () => `[str(number) for number in range(${MANY})]`,
  ],
  [
    /(^|_)(text|string|str|s|line|word|name|key|title|sentence|content|source|html|xml|query|message|label|prefix|suffix)$/,
    (quote) => quote('text'),
  ],
  [/(^|_)(url|uri)$/, (quote) => quote('https://example.com/page')],
  [/(^|_)(path|filename|file_name|filepath)$/, (quote) => quote('path')],
  [/(^|_)(data|raw|payload|blob|buffer)_?(bytes)$/, (quote) => `b${quote('data')}`],
  [
    /^(n|m|k|v|value|item|element|amount|num|number|count|size|limit|length|width|height|depth|total|index|seed|year|maximum|minimum|maxsize)$|_(count|size|number|limit|length|id|cents)$|^(max|min|num|n)_/,
    () => String(MANY),
  ],
  [/^(x|y|z|ratio|rate|factor|alpha|beta|scale|tolerance|eps|epsilon)$|_(ratio|rate|factor)$/, () => '1.5'],
  [
    /(^|_)(mapping|dictionary|dict|lookup|table|options|settings|config)$|_by_\w+$/,
    () => `{str(number): number for number in range(${MANY})}`,
  ],
  [/(^|_)(func|function|fn|callback|predicate|key_func)$/, () => 'lambda *values: None'],
  [
    /(^|_)(items|values|numbers|data|elements|seq|sequence|iterable|array|lst|list|xs|points|ids|entries)$/,
    () => `list(range(${MANY}))`,
  ],
];

/** A value for a parameter of which only the name is known; undefined for names that say nothing. */
export function guessByName(making: Making, name: string): Expression | undefined {
  return GUESSES.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1](making.quote);
}
