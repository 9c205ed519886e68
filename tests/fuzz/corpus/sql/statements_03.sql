SELECT * FROM s GROUP BY ();
SELECT * FROM s PARTITION BY a EMIT CHANGES;
SELECT * FROM s PARTITION BY (a), b;
SELECT * FROM s PARTITION BY ();
SELECT emit, partition, if, date, time, string, key, id, show, escape FROM emit EMIT EMIT CHANGES;
SELECT * FROM partition PARTITION PARTITION BY partition;
SELECT a ESCAPE, b LIKE c, (d LIKE e) ESCAPE FROM s;
SELECT `lower`, "Mixed", `with space`, `tick``ed`, `SELECT`, 1st, `1E5`, `12` FROM `from`;
