"""A small document read, changed and written back."""

import tomlkit

DOCUMENT = "\n".join(
    f"""
[section{n}]
name = "value {n}"  # comment
numbers = [1, 2, 3]
inline = {{ a = 1, b = "two" }}
"""
    for n in range(5)
)
_parsed = tomlkit.parse(DOCUMENT)


def parse():
    return tomlkit.parse(DOCUMENT)


def write():
    return tomlkit.dumps(_parsed)


def look_up():
    return [_parsed[f"section{n}"]["inline"]["b"] for n in range(5)]
