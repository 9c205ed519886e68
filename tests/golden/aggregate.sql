-- GROUP BY and its aggregates.

-- case: sums, means and extremes of a stream
CREATE STREAM sales (id INT KEY, shop STRING, amount DOUBLE) WITH (kafka_topic = 'sales', value_format = 'JSON');
CREATE TABLE totals AS
  SELECT shop, COUNT(*) AS n, SUM(amount) AS total, AVG(amount) AS mean, MIN(amount) AS least, MAX(amount) AS most
  FROM sales GROUP BY shop;
-- in sales {"key": 1, "value": {"SHOP": "a", "AMOUNT": 1.5}}
-- in sales {"key": 2, "value": {"SHOP": "a", "AMOUNT": 2.5}}
-- in sales {"key": 3, "value": {"SHOP": null, "AMOUNT": 2.5}}
-- out TOTALS {"key": "a", "value": {"N": 1, "TOTAL": 1.5, "MEAN": 1.5, "LEAST": 1.5, "MOST": 1.5}}
-- out TOTALS {"key": "a", "value": {"N": 2, "TOTAL": 4.0, "MEAN": 2.0, "LEAST": 1.5, "MOST": 2.5}}

-- case: over a table, a row that moves is taken out of its old group first
CREATE TABLE users (id INT PRIMARY KEY, city STRING) WITH (kafka_topic = 'users', value_format = 'JSON');
CREATE TABLE cities AS SELECT city, COUNT(*) AS n FROM users GROUP BY city;
-- in users {"key": 1, "value": {"CITY": "Bonn"}}
-- in users {"key": 1, "value": {"CITY": "Ulm"}}
-- out CITIES {"key": "Bonn", "value": {"N": 1}}
-- out CITIES {"key": "Bonn", "value": {"N": 0}}
-- out CITIES {"key": "Ulm", "value": {"N": 1}}

-- case: HAVING removes a group that no longer passes
CREATE STREAM s (id INT KEY, x INT) WITH (kafka_topic = 's', value_format = 'JSON');
CREATE TABLE t AS SELECT id, SUM(x) AS total FROM s GROUP BY id HAVING SUM(x) < 10;
-- in s {"key": 1, "value": {"X": 5}}
-- in s {"key": 1, "value": {"X": 6}}
-- in s {"key": 2, "value": {"X": 50}}
-- out T {"key": 1, "value": {"TOTAL": 5}}
-- out T {"key": 1, "value": null}

-- case: what is neither grouped nor aggregated is refused
CREATE STREAM s (id INT KEY, x INT, y INT) WITH (kafka_topic = 's', value_format = 'JSON');
CREATE TABLE t AS SELECT id, y, SUM(x) AS total FROM s GROUP BY id;
-- fails Non-aggregate SELECT expression(s) not part of GROUP BY: Y
