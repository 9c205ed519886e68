SELECT * FROM s;
SELECT a, b AS c, d e, s.*, x->*, f(y)->*, (-z)->* FROM s AS t EMIT CHANGES LIMIT 3;
SELECT 1, -1, - 1, -(1), - -1, 1.5, .5, 1., -0.05, 1e3, 1.5E-2, -2e300, 'it''s', '', null, true, FALSE FROM s;
SELECT 2147483647, 2147483648, -9223372036854775808, 9223372036854775807 FROM s;
SELECT a + b * c - d / e % f, (a + b) * c, -a, +a, -a->b, (-a)->b, a || b || c FROM s;
SELECT -(-1), -(1.5), -(a), - - a, a - -1, a - - b, a -1, a-1 FROM s;
SELECT * FROM s WHERE a = 1 AND b <> 2 OR NOT c < 3 AND d <= 4 OR e > 5 AND f >= 6;
SELECT * FROM s WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN -1 AND +2 OR c IN (1, 2) AND d NOT IN ('x');
