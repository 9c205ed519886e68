"""confluent-kafka (librdkafka of the day) against the broker at argv[1]."""
import sys
import time
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (AdminClient, ConfigResource, NewPartitions, NewTopic,
                                   ResourceType)

ADDRESS = sys.argv[1]


def name(what):
    return f"{what}-{uuid.uuid4().hex[:8]}"


def produce(topic, count, **settings):
    failures = []
    producer = Producer({"bootstrap.servers": ADDRESS, **settings})
    for i in range(count):
        producer.produce(topic, key=f"k{i % 7}", value=f"v{i}", headers={"n": str(i)},
                         on_delivery=lambda e, m: failures.append(e) if e else None)
        producer.poll(0)
    assert producer.flush(30) == 0
    assert not failures, failures
    return producer


def consume(topic, count, **settings):
    consumer = Consumer({"bootstrap.servers": ADDRESS, "group.id": name("group"),
                         "auto.offset.reset": "earliest", **settings})
    consumer.subscribe([topic])
    values = []
    end = time.time() + 40
    while len(values) < count and time.time() < end:
        message = consumer.poll(1)
        if message is not None:
            assert message.error() is None, message.error()
            values.append(message.value().decode())
    assert len(values) == count, f"{len(values)} of {count}"
    return consumer, values


def codecs():
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        topic = name(codec)
        produce(topic, 500, **{"compression.type": codec, "linger.ms": 10})
        consumer, values = consume(topic, 500)
        assert values == [f"v{i}" for i in range(500)]
        consumer.close()


def idempotence():
    topic = name("once")
    produce(topic, 2000, **{"enable.idempotence": True, "linger.ms": 0})
    consumer, values = consume(topic, 2000)
    assert values == [f"v{i}" for i in range(2000)]
    consumer.close()


def commits():
    topic, group = name("commit"), name("group")
    produce(topic, 100)
    consumer, _ = consume(topic, 100, **{"group.id": group})
    consumer.commit(asynchronous=False)
    assert consumer.committed([TopicPartition(topic, 0)], 10)[0].offset == 100
    consumer.close()
    produce(topic, 5)
    consumer, values = consume(topic, 5, **{"group.id": group})
    assert values == [f"v{i}" for i in range(5)]
    consumer.close()


def new_group_protocol():
    admin = AdminClient({"bootstrap.servers": ADDRESS})
    topic, group = name("kip848"), name("group")
    admin.create_topics([NewTopic(topic, 4)])[topic].result(20)
    produce(topic, 200)
    first, values = consume(topic, 200, **{"group.id": group, "group.protocol": "consumer"})
    second = Consumer({"bootstrap.servers": ADDRESS, "group.id": group,
                       "group.protocol": "consumer"})
    second.subscribe([topic])
    end = time.time() + 40
    while time.time() < end:
        first.poll(0.1)
        second.poll(0.1)
        if len(first.assignment()) == 2 and len(second.assignment()) == 2:
            break
    assert len(first.assignment()) == 2 and len(second.assignment()) == 2
    first.close()
    second.close()


def transactions():
    topic = name("txn")
    producer = Producer({"bootstrap.servers": ADDRESS, "transactional.id": name("id")})
    producer.init_transactions(20)
    for prefix, commit in [("a", True), ("b", False), ("c", True)]:
        producer.begin_transaction()
        for i in range(10):
            producer.produce(topic, f"{prefix}{i}")
        producer.commit_transaction(20) if commit else producer.abort_transaction(20)
    consumer, values = consume(topic, 20, **{"isolation.level": "read_committed"})
    assert values == [f"{p}{i}" for p in "ac" for i in range(10)]
    consumer.close()


def admin():
    client = AdminClient({"bootstrap.servers": ADDRESS})
    topic = name("admin")
    client.create_topics([NewTopic(topic, 2, config={"retention.ms": "1000000"})])[topic].result(20)
    try:
        client.create_topics([NewTopic(topic, 2)])[topic].result(20)
        raise AssertionError("a topic was created twice")
    except KafkaException as e:
        assert e.args[0].name() == "TOPIC_ALREADY_EXISTS", e
    client.create_partitions([NewPartitions(topic, 5)])[topic].result(20)
    end = time.time() + 10
    while len(client.list_topics(topic, 10).topics[topic].partitions) != 5:
        assert time.time() < end
    resource = ConfigResource(ResourceType.TOPIC, topic)
    configs = client.describe_configs([resource])[resource].result(20)
    assert configs["retention.ms"].value == "1000000"
    cluster = client.describe_cluster().result(20)
    assert len(cluster.nodes) == 1
    client.list_consumer_groups().result(20)
    client.delete_topics([topic])[topic].result(20)
    assert topic not in client.list_topics(timeout=10).topics


CASES = [codecs, idempotence, commits, transactions, admin, new_group_protocol]

failed = 0
for case in CASES:
    try:
        case()
        print(f"ok confluent-kafka {case.__name__}")
    except Exception as e:
        failed += 1
        print(f"FAILED confluent-kafka {case.__name__}: {type(e).__name__} {e}")
sys.exit(1 if failed else 0)
