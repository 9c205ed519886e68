EXPLAIN q;
EXPLAIN show;
EXPLAIN SHOW STREAMS;
EXPLAIN EXPLAIN SELECT * FROM s;
EXPLAIN CREATE STREAM s AS SELECT * FROM t;
SET 'auto.offset.reset' = 'earliest';
UNSET 'auto.offset.reset';
DEFINE format = 'JSON';
