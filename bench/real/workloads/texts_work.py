"""The Markdown text that the Markdown packages render."""

ARTICLE = "\n\n".join(
    f"""# Part {n}

Some *emphasis*, some **strong** words, `code` and a [link](https://example.com/{n} "title").
Second line with <b>inline</b> markup &amp; an entity, ending in two spaces  
and a hard break.

* item one
* item two
    * nested item
    * another `nested` one

> A quotation of {n} words
> over two lines.

```
def function_{n}():
    return {n}
```

1. first
2. second

| a | b |
|---|---|
| {n} | 2 |"""
    for n in range(4)
)
NOTE = "A short *note* with a [link](https://example.com) and `code`.\n\nSecond paragraph, **bold**.\n"
