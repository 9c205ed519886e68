"""aiokafka (a protocol written in Python) against the broker at argv[1]."""
import asyncio
import sys
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

ADDRESS = sys.argv[1]


def name(what):
    return f"{what}-{uuid.uuid4().hex[:8]}"


async def produce(topic, count, **settings):
    producer = AIOKafkaProducer(bootstrap_servers=ADDRESS, **settings)
    await producer.start()
    for sent in [await producer.send(topic, f"v{i}".encode(), key=b"k") for i in range(count)]:
        await sent
    await producer.stop()


async def consume(topic, count, **settings):
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=ADDRESS, auto_offset_reset="earliest",
                                group_id=settings.pop("group_id", name("group")), **settings)
    await consumer.start()
    values = []
    while len(values) < count:
        message = await asyncio.wait_for(consumer.getone(), 20)
        values.append(message.value.decode())
    return consumer, values


async def codecs():
    for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
        topic = name(str(codec))
        await produce(topic, 300, compression_type=codec)
        consumer, values = await consume(topic, 300)
        assert values == [f"v{i}" for i in range(300)]
        await consumer.stop()


async def idempotence():
    topic = name("once")
    await produce(topic, 500, enable_idempotence=True)
    consumer, values = await consume(topic, 500)
    assert values == [f"v{i}" for i in range(500)]
    await consumer.stop()


async def commits():
    topic, group = name("commit"), name("group")
    await produce(topic, 50)
    consumer, _ = await consume(topic, 50, group_id=group, enable_auto_commit=False)
    await consumer.commit()
    await consumer.stop()
    await produce(topic, 5)
    consumer, values = await consume(topic, 5, group_id=group)
    assert values == [f"v{i}" for i in range(5)]
    await consumer.stop()


async def offsets():
    topic = name("offsets")
    await produce(topic, 20)
    consumer = AIOKafkaConsumer(bootstrap_servers=ADDRESS)
    await consumer.start()
    partition = TopicPartition(topic, 0)
    assert (await consumer.beginning_offsets([partition]))[partition] == 0
    assert (await consumer.end_offsets([partition]))[partition] == 20
    await consumer.stop()


async def transactions():
    topic = name("txn")
    producer = AIOKafkaProducer(bootstrap_servers=ADDRESS, transactional_id=name("id"))
    await producer.start()
    async with producer.transaction():
        for i in range(10):
            await producer.send_and_wait(topic, f"a{i}".encode())
    try:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"never")
            raise ValueError("abort")
    except ValueError:
        pass
    async with producer.transaction():
        await producer.send_and_wait(topic, b"last")
    await producer.stop()
    consumer, values = await consume(topic, 11, isolation_level="read_committed")
    assert values == [f"a{i}" for i in range(10)] + ["last"]
    await consumer.stop()


async def admin():
    client = AIOKafkaAdminClient(bootstrap_servers=ADDRESS)
    await client.start()
    topic = name("admin")
    await client.create_topics([NewTopic(topic, 3, 1)])
    assert topic in await client.list_topics()
    await client.describe_cluster()
    await client.delete_topics([topic])
    await client.close()


async def main():
    failed = 0
    for case in [codecs, idempotence, commits, offsets, transactions, admin]:
        try:
            await asyncio.wait_for(case(), 60)
            print(f"ok aiokafka {case.__name__}")
        except Exception as e:
            failed += 1
            print(f"FAILED aiokafka {case.__name__}: {type(e).__name__} {e}")
    return failed

sys.exit(1 if asyncio.run(main()) else 0)
