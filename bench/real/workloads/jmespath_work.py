"""Queries over a parsed JSON document."""

import jmespath

DOCUMENT = {"people": [{"name": f"n{n}", "age": n * 7 % 60, "tags": ["a", "b"]} for n in range(30)]}
QUERY = jmespath.compile("people[?age > `20`].{name: name, first: tags[0]} | sort_by(@, &name)")


def search():
    return QUERY.search(DOCUMENT)


def compile_query():
    parser = jmespath.parser.Parser()
    parser.purge()
    return parser.parse("people[?age > `20` && contains(tags, 'a')].{name: name, first: tags[0]}")
