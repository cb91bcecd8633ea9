-- One row: the pattern of every family and category code that findings must not show.
SELECT coalesce('\b(' || string_agg(regexp_escape(code), '|' ORDER BY length(code) DESC, code) || ')\b', '^$')
    AS pattern
FROM (
    SELECT DISTINCT unnest([family, category_code]) AS code
    FROM category
    WHERE family IN (SELECT family FROM category WHERE sensitive = 'yes')
)
