-- Windows group rows by time as well as by key.

-- case: tumbling windows, each row followed by its group's result
CREATE STREAM clicks (page STRING KEY, user INT) WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE TABLE per_minute AS
  SELECT page, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY page;
-- in clicks {"key": "a", "value": {"USER": 1}, "timestamp": 1000}
-- in clicks {"key": "a", "value": {"USER": 2}, "timestamp": 59999}
-- in clicks {"key": "a", "value": {"USER": 3}, "timestamp": 60000}
-- out PER_MINUTE {"key": "a", "value": {"N": 1}, "timestamp": 1000, "window": {"start": 0, "end": 60000, "type": "time"}}
-- out PER_MINUTE {"key": "a", "value": {"N": 2}, "timestamp": 59999, "window": {"start": 0, "end": 60000, "type": "time"}}
-- out PER_MINUTE {"key": "a", "value": {"N": 1}, "timestamp": 60000, "window": {"start": 60000, "end": 120000, "type": "time"}}

-- case: EMIT FINAL tells a window once, when it has closed, and loses none when time jumps
CREATE STREAM clicks (page STRING KEY, user INT) WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE TABLE finals AS
  SELECT page, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY page EMIT FINAL;
-- in clicks {"key": "b", "value": {"USER": 1}, "timestamp": 0}
-- in clicks {"key": "a", "value": {"USER": 1}, "timestamp": 10}
-- in clicks {"key": "a", "value": {"USER": 2}, "timestamp": 70000}
-- in clicks {"key": "a", "value": {"USER": 3}, "timestamp": 9000000}
-- out FINALS {"key": "a", "value": {"N": 1}, "timestamp": 10, "window": {"start": 0, "end": 60000, "type": "time"}}
-- out FINALS {"key": "b", "value": {"N": 1}, "timestamp": 0, "window": {"start": 0, "end": 60000, "type": "time"}}
-- out FINALS {"key": "a", "value": {"N": 1}, "timestamp": 70000, "window": {"start": 60000, "end": 120000, "type": "time"}}

-- case: a session grows, and what it absorbed is taken back
CREATE STREAM clicks (page STRING KEY, user INT) WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE TABLE visits AS
  SELECT page, COUNT(*) AS n FROM clicks WINDOW SESSION (30 SECONDS) GROUP BY page;
-- in clicks {"key": "a", "value": {"USER": 1}, "timestamp": 0}
-- in clicks {"key": "a", "value": {"USER": 1}, "timestamp": 10000}
-- out VISITS {"key": "a", "value": {"N": 1}, "window": {"start": 0, "end": 0, "type": "session"}}
-- out VISITS {"key": "a", "value": null, "window": {"start": 0, "end": 0, "type": "session"}}
-- out VISITS {"key": "a", "value": {"N": 2}, "window": {"start": 0, "end": 10000, "type": "session"}}

-- case: a window needs a GROUP BY
CREATE STREAM clicks (page STRING KEY, user INT) WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE STREAM s AS SELECT page, user FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE);
-- fails WINDOW clause requires a GROUP BY clause.
