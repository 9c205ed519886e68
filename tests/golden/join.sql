-- Joins of streams and tables.

-- case: a stream meets a table as it is at that moment
CREATE STREAM orders (id INT KEY, item INT) WITH (kafka_topic = 'orders', value_format = 'JSON');
CREATE TABLE items (id INT PRIMARY KEY, name STRING) WITH (kafka_topic = 'items', value_format = 'JSON');
CREATE STREAM named AS SELECT o.item, o.id AS order_id, i.name FROM orders o LEFT JOIN items i ON o.item = i.id;
-- in orders {"key": 1, "value": {"ITEM": 7}, "timestamp": 1}
-- in items {"key": 7, "value": {"NAME": "lamp"}, "timestamp": 2}
-- in orders {"key": 2, "value": {"ITEM": 7}, "timestamp": 3}
-- out NAMED {"key": 7, "value": {"ORDER_ID": 1, "NAME": null}, "timestamp": 1}
-- out NAMED {"key": 7, "value": {"ORDER_ID": 2, "NAME": "lamp"}, "timestamp": 3}

-- case: two streams meet within a window
CREATE STREAM l (id INT KEY, a STRING) WITH (kafka_topic = 'l', value_format = 'JSON');
CREATE STREAM r (id INT KEY, b STRING) WITH (kafka_topic = 'r', value_format = 'JSON');
CREATE STREAM both AS SELECT l.id AS id, a, b FROM l JOIN r WITHIN 10 SECONDS ON l.id = r.id;
-- in l {"key": 1, "value": {"A": "x"}, "timestamp": 0}
-- in r {"key": 1, "value": {"B": "y"}, "timestamp": 10000}
-- in r {"key": 1, "value": {"B": "late"}, "timestamp": 10001}
-- out BOTH {"key": 1, "value": {"A": "x", "B": "y"}, "timestamp": 10000}

-- case: with a grace period, a row that met nobody is told once, when its window is past
CREATE STREAM l (id INT KEY, a STRING) WITH (kafka_topic = 'l', value_format = 'JSON');
CREATE STREAM r (id INT KEY, b STRING) WITH (kafka_topic = 'r', value_format = 'JSON');
CREATE STREAM lefts AS SELECT l.id AS id, a, b FROM l LEFT JOIN r WITHIN 10 SECONDS GRACE PERIOD 1 SECOND ON l.id = r.id;
-- in l {"key": 1, "value": {"A": "x"}, "timestamp": 0}
-- in l {"key": 2, "value": {"A": "z"}, "timestamp": 12000}
-- out LEFTS {"key": 1, "value": {"A": "x", "B": null}, "timestamp": 0}

-- case: tables meet by foreign key
CREATE TABLE orders (id INT PRIMARY KEY, customer INT) WITH (kafka_topic = 'orders', value_format = 'JSON');
CREATE TABLE customers (id INT PRIMARY KEY, name STRING) WITH (kafka_topic = 'customers', value_format = 'JSON');
CREATE TABLE named AS SELECT o.id AS id, name FROM orders o JOIN customers c ON o.customer = c.id;
-- in orders {"key": 1, "value": {"CUSTOMER": 5}}
-- in customers {"key": 5, "value": {"NAME": "Ada"}}
-- in customers {"key": 5, "value": {"NAME": "Ada L."}}
-- in orders {"key": 1, "value": null}
-- out NAMED {"key": 1, "value": {"NAME": "Ada"}}
-- out NAMED {"key": 1, "value": {"NAME": "Ada L."}}
-- out NAMED {"key": 1, "value": null}

-- case: streams are joined within a window, or not at all
CREATE STREAM l (id INT KEY, a STRING) WITH (kafka_topic = 'l', value_format = 'JSON');
CREATE STREAM r (id INT KEY, b STRING) WITH (kafka_topic = 'r', value_format = 'JSON');
CREATE STREAM both AS SELECT l.id, a, b FROM l JOIN r ON l.id = r.id;
-- fails Stream-Stream joins must have a WITHIN clause specified.
