/*
 * Any bytes as requests of one connection to a whole broker: each is answered, waits, or closes the
 * connection; nothing crashes, leaks or grows without bound. The input is a run of frames, each
 * with two bytes of length in front.
 */
#include "broker/broker.h"
#include "host/disk_sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FRAMES_MAX 16
/* A frame may ask for a hundred thousand partitions; that is allowed, and slow. */
#define CREATE_TOPICS_KEY 19
#define CREATE_PARTITIONS_KEY 37

static void note_done(struct request *request)
{
	bool *done = request->owner;
	*done = true;
}

static void handle(struct broker *broker, const struct client *client, struct slice body,
		   struct broker_time time)
{
	bool done = false;
	struct buf answer = BUF_INIT((size_t)1 << 26);
	struct request *request = request_new(&done, client, note_done);
	request->body = body;
	broker_handle(broker, request, time);
	if (done) {
		int code = request_write(request, &answer, NULL, NULL);
		assert(code == 0);
	} else {
		request_abandon(broker, request);
	}
	request_free(request);
	buf_fini(&answer);
}

static bool is_slow(struct slice body)
{
	if (body.len < 2)
		return false;
	uint16_t key = load_be16(body.data);
	return key == CREATE_TOPICS_KEY || key == CREATE_PARTITIONS_KEY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk *disk = disk_sim_new(1);
	struct broker_time time = { 1000, 1700000000000 };
	struct broker_options options = { .disk = disk, .dir = "d", .seed = 1, .time = time };
	struct client client = { .host = SLICE("h"),
				 .principal = SLICE("User:ANONYMOUS"),
				 .listener = SLICE("PLAINTEXT") };
	struct reader reader = reader_of(slice_of(data, size));
	struct broker *broker;
	struct err err = ERR_INIT;
	int code = broker_open(&options, &broker, &err);
	assert(code == 0);
	for (int i = 0; i < FRAMES_MAX && reader_left(&reader) > 2; i++) {
		size_t len = MIN((size_t)reader_u16(&reader), reader_left(&reader));
		struct slice body = reader_bytes(&reader, len);
		if (!is_slow(body))
			handle(broker, &client, body, time);
	}
	code = broker_close(broker, false, &err);
	assert(code == 0);
	disk_sim_free(disk);
	return 0;
}
