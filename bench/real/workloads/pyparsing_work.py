"""An arithmetic and a key-value grammar."""

import pyparsing as pp

_number = pp.Word(pp.nums).setParseAction(lambda tokens: int(tokens[0]))
_name = pp.Word(pp.alphas, pp.alphanums + "_")
EXPRESSION = pp.infixNotation(
    _number | _name,
    [(pp.oneOf("* /"), 2, pp.opAssoc.LEFT), (pp.oneOf("+ -"), 2, pp.opAssoc.LEFT)],
)
PAIR = pp.Group(_name("key") + pp.Suppress("=") + (_number | pp.quotedString)("value"))
PAIRS = PAIR[...] if hasattr(pp, "Opt") else pp.ZeroOrMore(PAIR)
TEXT = "\n".join(f"name_{n} = {n * 7}\nother_{n} = 'text'" for n in range(15))


def arithmetic():
    return EXPRESSION.parseString("a + 2*b - 3*(c + 4)/d").asList()


def key_values():
    return [(item["key"], item["value"]) for item in PAIRS.parseString(TEXT)]


def dates():
    return pp.pyparsing_common.iso8601_datetime.parseString("2021-03-04T05:06:07").asList()
