#!/bin/sh
# Apache Kafka's own command line tools against the broker at $1; $2 is the folder of their jars, $3
# the broker's data folder (read when the broker has stopped, with the argument "dump" in $4).
set -u
address=$1
export CLASSPATH="$2/*"
failed=0

tool() {
	timeout 60 java -Xmx256m -XX:TieredStopAtLevel=1 "$@" 2>&1
}

# expect NAME WORDS: the output on stdin holds the words, and no exception.
expect() {
	output=$(cat)
	if printf '%s\n' "$output" | grep -q -i -e exception ||
		! printf '%s\n' "$output" | grep -q -e "$2"; then
		echo "FAILED java $1: $(printf '%s' "$output" | tail -1)"
		failed=1
	else
		echo "ok java $1"
	fi
}

if [ "${4:-}" = dump ]; then
	count=0
	for file in "$3"/*/*.log; do
		tool kafka.tools.DumpLogSegments --files "$file" --deep-iteration >"$3/dump.txt"
		if [ $? -ne 0 ] || grep -i -e exception -e "isvalid: false" -e mismatch "$3/dump.txt"; then
			echo "FAILED java dump-log $file"
			exit 1
		fi
		count=$((count + 1))
	done
	echo "ok java dump-log reads $count segments"
	exit 0
fi

server="--bootstrap-server $address"
topic=java-$$
tools=org.apache.kafka.tools
tool $tools.TopicCommand $server --create --topic $topic --partitions 3 \
	--config retention.ms=5000000 | expect topic-create "Created topic $topic"
tool $tools.TopicCommand $server --describe --topic $topic |
	expect topic-describe "PartitionCount: 3"
tool kafka.admin.ConfigCommand $server --describe --entity-type topics --entity-name $topic |
	expect config-describe retention.ms=5000000
tool kafka.admin.ConfigCommand $server --alter --entity-type topics --entity-name $topic \
	--add-config segment.bytes=1048576 | expect config-alter "Completed updating config"
tool $tools.ProducerPerformance --topic $topic --num-records 200000 --record-size 100 \
	--throughput -1 --producer-props bootstrap.servers="$address" |
	expect producer-perf-test "200000 records sent"
tool $tools.GetOffsetShell $server --topic $topic | awk -F: '{ n += $3 } END { print n }' |
	expect get-offsets '^200000$'
seq 1 100 | tool $tools.ConsoleProducer $server --topic $topic-lines | expect console-producer ""
tool $tools.consumer.ConsoleConsumer $server --topic $topic-lines --from-beginning \
	--max-messages 100 --timeout-ms 20000 | expect console-consumer '^100$'
tool $tools.consumer.ConsoleConsumer $server --topic $topic-lines --from-beginning \
	--consumer-property group.protocol=consumer --max-messages 100 --timeout-ms 20000 |
	expect console-consumer-kip848 '^100$'
tool $tools.consumer.group.ConsumerGroupCommand $server --list | expect consumer-groups-list ""
tool $tools.VerifiableProducer $server --topic $topic-verify --max-messages 1000 |
	expect verifiable-producer '"sent":1000'
tool $tools.LogDirsCommand $server --describe --topic-list $topic | expect log-dirs '"size"'
tool $tools.BrokerApiVersionsCommand $server | expect broker-api-versions "Produce(0)"
tool $tools.TopicCommand $server --delete --topic $topic | expect topic-delete ""
exit $failed
