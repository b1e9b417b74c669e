"""Markdown to HTML, CommonMark rules plus tables."""

from markdown_it import MarkdownIt

from texts_work import ARTICLE, NOTE

_parser = MarkdownIt("commonmark").enable("table")


def render_article():
    return _parser.render(ARTICLE)


def render_note():
    return _parser.render(NOTE)
