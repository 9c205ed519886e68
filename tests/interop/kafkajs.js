// kafkajs (a protocol written in JavaScript) against the broker at argv[2].
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const kafka = new Kafka({ clientId: 'interop', brokers: [process.argv[2]], logLevel: logLevel.NOTHING });
const name = (what) => `${what}-${Math.random().toString(16).slice(2, 10)}`;

async function produce(topic, count, settings = {}, compression = CompressionTypes.None) {
  const producer = kafka.producer(settings);
  await producer.connect();
  const messages = [...Array(count).keys()].map((i) => ({ key: 'k', value: `v${i}`, headers: { n: `${i}` } }));
  await producer.send({ topic, messages, compression });
  await producer.disconnect();
}

async function consume(topic, count, groupId = name('group'), settings = {}) {
  const consumer = kafka.consumer({ groupId, ...settings });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values = [];
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${values.length} of ${count}`)), 30000).unref();
    consumer.run({
      eachMessage: async ({ message }) => {
        values.push(message.value.toString());
        if (values.length === count) resolve();
      },
    });
  });
  await consumer.disconnect();
  return values;
}

function assertSame(got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`${got.slice(0, 5)}... is not as wanted`);
}

const numbered = (prefix, count) => [...Array(count).keys()].map((i) => `${prefix}${i}`);

const cases = {
  async records() {
    const topic = name('records');
    await produce(topic, 200);
    assertSame(await consume(topic, 200), numbered('v', 200));
  },
  async gzip() {
    const topic = name('gzip');
    await produce(topic, 200, {}, CompressionTypes.GZIP);
    assertSame(await consume(topic, 200), numbered('v', 200));
  },
  async idempotence() {
    const topic = name('once');
    await produce(topic, 100, { idempotent: true });
    assertSame(await consume(topic, 100), numbered('v', 100));
  },
  async transactions() {
    const topic = name('txn');
    const producer = kafka.producer({ transactionalId: name('id'), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [prefix, commit] of [['a', true], ['b', false], ['c', true]]) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: numbered(prefix, 5).map((value) => ({ value })) });
      await (commit ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    assertSame(await consume(topic, 10), [...numbered('a', 5), ...numbered('c', 5)]);
  },
  async admin() {
    const admin = kafka.admin();
    const topic = name('admin');
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
    if (metadata.topics[0].partitions.length !== 3) throw new Error('not 3 partitions');
    await admin.describeCluster();
    await admin.listGroups();
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  },
};

(async () => {
  setInterval(() => {}, 1000); // a case that hangs is not a process that ends well
  let failed = 0;
  for (const [title, run] of Object.entries(cases)) {
    try {
      await Promise.race([run(), new Promise((_, reject) => setTimeout(() => reject(new Error('it takes too long')), 45000))]);
      console.log(`ok kafkajs ${title}`);
    } catch (e) {
      failed++;
      console.log(`FAILED kafkajs ${title}: ${e.message}`);
    }
  }
  process.exit(failed ? 1 : 0);
})();
