LINES = ["line %d" % n for n in range(3000)]


class Page:
    def __init__(self):
        self.text = ""

    def add(self, line):
        self.text += line + "\n"


def run():
    page = Page()
    for line in LINES:
        page.add(line)
    return page.text
