SELECT * FROM s WHERE a LIKE 'x%' AND b NOT LIKE 'y' AND c LIKE 'z!%' ESCAPE '!' AND d NOT LIKE e || '%' ESCAPE '''';
SELECT * FROM s WHERE a IS NULL AND b IS NOT NULL AND c IS DISTINCT FROM d AND e IS NOT DISTINCT FROM null;
SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END z FROM s;
SELECT CAST(a AS BIGINT), CAST(b AS DECIMAL(4, 2)), CAST(c AS ARRAY<MAP<STRING, STRUCT<f INT, `g h` DOUBLE ARRAY>>>), CAST(d AS my_type), CAST(e AS `MyType`), CAST(f AS STRUCT<>), CAST(g AS STRUCT< >) FROM s;
SELECT ARRAY[1, 2], ARRAY[], MAP('k' := v, 'l' := w), MAP(), STRUCT(a := 1, `b` := 2), STRUCT() FROM s;
SELECT a[1], a[-1], m['k'], a[1][2], s->f->g, s->a[3]->`x`, t.a->b, f(a)[1] FROM s;
SELECT `ARRAY`[1], `MAP`(1), `STRUCT`(2), array, map, struct FROM s;
SELECT COUNT(*), COUNT(), SUM(x), f(), DATEADD(DAYS, 1, d), DATEADD(MILLISECOND, 1, d) FROM s;
