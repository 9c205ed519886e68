-- A filter keeps the rows for which its condition is true.

-- case: rows that pass go on, with their keys and times
CREATE STREAM orders (id STRING KEY, amount INT, note STRING)
  WITH (kafka_topic = 'orders', value_format = 'JSON');
CREATE STREAM big AS SELECT id, amount FROM orders WHERE amount > 10;
-- in orders {"key": "a", "value": {"AMOUNT": 5, "NOTE": "small"}, "timestamp": 1}
-- in orders {"key": "b", "value": {"AMOUNT": 50, "NOTE": null}, "timestamp": 2}
-- in orders {"key": "c", "value": {"AMOUNT": null}, "timestamp": 3}
-- in orders {"key": "d", "value": null, "timestamp": 4}
-- out BIG {"key": "b", "value": {"AMOUNT": 50}, "timestamp": 2}

-- case: NULL compared with anything is false, so its negation is true
CREATE STREAM s (id INT KEY, a INT) WITH (kafka_topic = 's', value_format = 'JSON');
CREATE STREAM t AS SELECT id, a FROM s WHERE NOT (a = 1);
-- in s {"key": 1, "value": {"A": 1}}
-- in s {"key": 2, "value": {"A": 2}}
-- in s {"key": 3, "value": {"A": null}}
-- out T {"key": 2, "value": {"A": 2}}
-- out T {"key": 3, "value": {"A": null}}

-- case: a table's row that no longer passes is removed; one that never did leaves no trace
CREATE TABLE users (id INT PRIMARY KEY, age INT) WITH (kafka_topic = 'users', value_format = 'JSON');
CREATE TABLE adults AS SELECT id, age FROM users WHERE age >= 18;
-- in users {"key": 1, "value": {"AGE": 20}}
-- in users {"key": 2, "value": {"AGE": 10}}
-- in users {"key": 1, "value": {"AGE": 5}}
-- in users {"key": 2, "value": null}
-- out ADULTS {"key": 1, "value": {"AGE": 20}}
-- out ADULTS {"key": 1, "value": null}

-- case: a condition must be boolean
CREATE STREAM s (id INT KEY, a INT) WITH (kafka_topic = 's', value_format = 'JSON');
CREATE STREAM t AS SELECT id, a FROM s WHERE a + 1;
-- fails Type error in WHERE expression: Should evaluate to boolean but is (A + 1) (INTEGER) instead.
