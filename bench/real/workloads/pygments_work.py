"""Highlighting of a short Python and a JSON text."""

from pygments import highlight, lex
from pygments.formatters import HtmlFormatter, NullFormatter
from pygments.lexers import JsonLexer, PythonLexer

SOURCE = '''
def area(width: float, height: float = 1.0) -> float:
    """Area of a rectangle."""
    if width < 0 or height < 0:
        raise ValueError(f"negative side: {width!r} x {height}")
    return width * height  # plain


class Box(list):
    size = {"a": 1, "b": [0x1f, 2.5e3, None]}
'''
JSON = '{"name": "demo", "list": [1, 2.5, null, true], "inner": {"a": "b"}}' * 3
_python, _json, _html, _null = PythonLexer(), JsonLexer(), HtmlFormatter(), NullFormatter()


def python_to_html():
    return highlight(SOURCE, _python, _html)


def json_tokens():
    return list(lex(JSON, _json))


def python_tokens():
    return list(lex(SOURCE, _python))
