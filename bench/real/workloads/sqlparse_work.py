"""One middle-sized query."""

import sqlparse

QUERY = """select a.id, b.name, count(*) as n, case when a.x > 3 then 'many' else 'few' end
from accounts a left join bookings b on a.id = b.account_id and b.state in ('open', 'paid')
where a.created >= '2021-01-01' and (a.kind = 1 or a.kind = 2) -- comment
group by a.id, b.name having count(*) > 5 order by n desc limit 10;"""
SHORT = "select * from t where id = 5; delete from t where x is null;"


def format_query():
    return sqlparse.format(QUERY, reindent=True, keyword_case="upper")


def parse_short():
    return sqlparse.parse(SHORT)


def split_short():
    return sqlparse.split(SHORT)
