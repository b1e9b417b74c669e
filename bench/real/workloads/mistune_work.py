"""Markdown to HTML, parser made once."""

import mistune

from texts_work import ARTICLE, NOTE

_render = mistune.create_markdown(plugins=["table"])


def render_article():
    return _render(ARTICLE)


def render_note():
    return _render(NOTE)
