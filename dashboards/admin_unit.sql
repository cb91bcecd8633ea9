-- One row per commune code and validity.
SELECT
    commune_code, valid_from, valid_to, name_vi, alias, district_code, successor_code, is_office
FROM admin_unit
