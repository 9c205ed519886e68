ASSERT VALUES s (a, rowtime) VALUES (1, 2);
ASSERT NULL VALUES s (id) KEY (1);
ASSERT STREAM s (a INT) WITH (kafka_topic='t');
ASSERT TABLE s;
RUN SCRIPT 'a.sql';
