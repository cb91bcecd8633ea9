-- One row per family or category code that tells nothing of a person's health.
SELECT DISTINCT unnest([family, category_code]) AS code
FROM category
WHERE family NOT IN (SELECT family FROM category WHERE sensitive = 'yes')
