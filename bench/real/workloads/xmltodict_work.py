"""A small feed there and back."""

import xmltodict

FEED = "<feed>" + "".join(
    f'<entry id="{n}"><title>Title {n}</title><tags><tag>a</tag><tag>b</tag></tags>some text</entry>' for n in range(12)
) + "</feed>"
PARSED = xmltodict.parse(FEED)


def parse():
    return xmltodict.parse(FEED)


def unparse():
    return xmltodict.unparse(PARSED)
