"""JSON with an LALR grammar made once; Earley for a tiny sentence."""

from lark import Lark

_grammar = r"""
?start: value
?value: object | array | string | NUMBER -> number | "true" -> true | "null" -> null
array: "[" [value ("," value)*] "]"
object: "{" [pair ("," pair)*] "}"
pair: string ":" value
string: ESCAPED_STRING
%import common.ESCAPED_STRING
%import common.SIGNED_NUMBER -> NUMBER
%import common.WS
%ignore WS
"""
_lalr = Lark(_grammar, parser="lalr")
_earley = Lark('start: word+\nword: /[a-z]+/ " "?')
TEXT = '{"name": "demo", "list": [1, 2.5, -3, null, true], "inner": {"a": "b", "c": [{}, []]}}'


def parse_json():
    return _lalr.parse(TEXT)


def parse_sentence():
    return _earley.parse("several words")


def make_parser():
    return Lark(_grammar, parser="lalr")
