"""Markdown to HTML."""

import markdown

from texts_work import ARTICLE, NOTE

_converter = markdown.Markdown(extensions=["tables", "fenced_code"])


def render_article():
    return _converter.reset().convert(ARTICLE)


def render_note():
    return _converter.reset().convert(NOTE)


def make_converter():
    return markdown.Markdown(extensions=["tables"])
