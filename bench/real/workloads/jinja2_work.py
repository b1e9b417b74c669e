"""A page template, made once and rendered; and compiled."""

import jinja2

SOURCE = """<ul>{% for item in items if item.shown %}
<li class="{{ loop.cycle('odd', 'even') }}">{{ loop.index }}. {{ item.name|e }} {{ "%.2f"|format(item.price) }}
{%- if not loop.last %}, {% endif %}</li>{% else %}none{% endfor %}</ul>
{% macro field(name, value='') %}<input name="{{ name }}" value="{{ value|upper|trim }}">{% endmacro %}
{{ field('a', ' text ') }}{{ field('b') }}"""
ITEMS = [{"shown": n % 3 != 0, "name": f"<item {n}>", "price": n * 1.25} for n in range(30)]
_environment = jinja2.Environment(autoescape=True)
_template = _environment.from_string(SOURCE)


def render():
    return _template.render(items=ITEMS)


def compile_source():
    return _environment.compile(SOURCE, raw=True)


def tokens():
    return list(_environment.lex(SOURCE))
