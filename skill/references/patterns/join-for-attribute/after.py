LINES = ["line %d" % n for n in range(3000)]


class Page:
    def __init__(self):
        self.parts = []

    def add(self, line):
        self.parts.append(line + "\n")

    @property
    def text(self):
        return "".join(self.parts)


def run():
    page = Page()
    for line in LINES:
        page.add(line)
    return page.text
