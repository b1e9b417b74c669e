LINES = ["line %d" % n for n in range(3000)]


def run():
    text = ""
    for line in LINES:
        text += line + "\n"
    return text
