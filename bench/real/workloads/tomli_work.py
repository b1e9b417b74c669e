"""A configuration file of about a hundred lines."""

import tomli

DOCUMENT = "title = 'settings'\n" + "\n".join(
    f"""
[servers.node{n}]
address = "10.0.{n}.1"   # comment
ports = [ 8000, 8001, {8002 + n} ]
enabled = true
ratio = {n}.25
since = 2021-05-2{n % 10}T07:32:00Z
labels = {{ role = "web", zone = "z{n}" }}
notes = \"\"\"
first line
second \\u00e9 line\"\"\"
"""
    for n in range(9)
)
SMALL = 'name = "demo"\nversion = "1.2.3"\nkeywords = ["a", "b"]\n[tool.x]\nline = 100\n'


def parse_document():
    return tomli.loads(DOCUMENT)


def parse_small():
    return tomli.loads(SMALL)
