"""reStructuredText to a document tree and to HTML."""

from docutils.core import publish_doctree, publish_string

TEXT = """
Title
=====

Some *emphasis*, **strong** and ``literal`` text, a `link <https://example.com>`_.

- one
- two

  + nested

.. note:: Take care.

:field: value

=====  =====
a      b
=====  =====
1      2
=====  =====

::

    literal block
"""
_settings = {"report_level": 5, "_disable_config": True}


def read_tree():
    return publish_doctree(TEXT, settings_overrides=_settings)


def write_html():
    return publish_string(TEXT, writer_name="html5", settings_overrides=dict(_settings, embed_stylesheet=False))
