/**
 * Names that say nothing about what two definitions have to do with each other: built-in functions, and methods of
 * built-in containers, texts and files, which may be called on anything.
 */
const ORDINARY: ReadonlySet<string> = new Set(
  (
    'abs all any append appendleft args ascii bin bool breakpoint bytearray bytes callable capitalize casefold center ' +
    'chr classmethod clear close cls compile complex copy count data decode delattr dict difference ' +
    'difference_update dir discard divmod elements encode endswith enumerate eval exec exit expandtabs extend ' +
    'extendleft filter find flush float format format_map fromkeys frozenset get getattr globals hasattr hash help ' +
    'hex id index input insert int intersection intersection_update isalnum isalpha isdecimal isdigit isdisjoint ' +
    'isidentifier isinstance islower isnumeric isspace issubclass issubset issuperset istitle isupper items iter ' +
    'join key keys kwargs len list ljust locals lower lstrip map max memoryview min most_common move_to_end name next ' +
    'object open ord partition pop popitem popleft pow print property quit range read readline readlines remove ' +
    'removeprefix removesuffix replace repr result reverse reversed rfind rindex rjust rotate round rpartition rsplit ' +
    'rstrip seek self set setattr setdefault size slice sort sorted split splitlines start startswith staticmethod ' +
    'step stop str strip subtract sum super swapcase symmetric_difference title total translate tuple type union ' +
    'update upper value values vars write writelines zfill zip'
  ).split(' '),
);

/** Whether a name is too common to connect two definitions. */
export function isOrdinaryName(name: string): boolean {
  return name.length < 3 || ORDINARY.has(name) || /^__\w+__$/.test(name);
}
