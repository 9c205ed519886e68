/*
 * The happy path: the stream reads into `scratch`, or into the body of the frame under way
 * (conn_room); feed cuts frames; request_begin reads the header and hands the request on; it is
 * answered, and send_answers writes what is answered at the front of `requests`; when the stream
 * has written it, the request is freed and its memory given back.
 *
 * What stops it: `stops` holds the reasons not to read on. Bytes that were read before the reason
 * came wait in `held`, at most CONN_READ_BYTES of them. When the last reason is gone, resume feeds
 * them and reads on.
 *
 * A connection may be closed from inside any of its callbacks (a handler refuses a request while
 * feed walks the bytes), so it is `pinned` while it runs and its memory goes when the last pin
 * does.
 */
#include "broker/conn.h"
#include "base/mem.h"

#define PEER_BYTES_MAX 64
/* Bodies that miss more than this are read in place. */
#define READ_IN_PLACE_BYTES ((size_t)4 * 1024)
#define HEAD_BYTES 4
/* Of an answer, but for the records that are not copied. */
#define ANSWER_BYTES_MAX ((size_t)256 * 1024 * 1024)

enum stop {
	STOP_MEMORY = 1 << 0,    /* the budget has no room for the frame under way */
	STOP_IN_FLIGHT = 1 << 1, /* too many requests, or answers that are not taken */
	STOP_MUTED = 1 << 2,
	STOP_DRAINING = 1 << 3, /* for good */
};

struct conn {
	struct conns *conns; /* borrowed */
	struct list link, granted;
	struct stream *stream; /* owned; NULL: closed */
	void *owner;           /* borrowed */
	char peer[PEER_BYTES_MAX];
	struct client client;
	unsigned stops; /* of enum stop */
	unsigned pins;
	uint8_t head[HEAD_BYTES]; /* the length of the frame under way */
	uint32_t head_len;
	struct turn *incoming; /* the frame under way; its body is being read */
	uint32_t incoming_len; /* what the body will be */
	struct buf held;       /* read, and not fed for a reason to stop */
	struct list turns;     /* all that were begun and are not written, in order */
	uint32_t in_flight;
	struct budget_waiter waiter;
	int64_t active_ms;
};

/* A request in its connection's order, from the first byte of its body to the last of its answer.
 */
struct turn {
	struct list link;
	struct conn *conn;       /* borrowed */
	struct request *request; /* owned */
	size_t reserved;
	bool done, sent;
	struct buf answer;
	struct splices splices;
	struct stream_part *parts; /* owned */
	struct stream_write write;
};

static void feed(struct conn *conn, struct slice bytes);
static void resume(struct conn *conn);

/* ---- life ---- */

static int64_t now_ms(struct conn *conn)
{
	return conn->conns->owner->now_ms(conn->conns);
}

static void pin(struct conn *conn)
{
	conn->pins++;
}

static void unpin(struct conn *conn)
{
	assert(conn->pins > 0);
	if (--conn->pins > 0 || conn->stream != NULL)
		return;
	buf_fini(&conn->held);
	mem_free(conn);
}

static void turn_free(struct turn *turn)
{
	struct budget *memory = turn->conn->conns->memory;
	size_t reserved = turn->reserved;
	request_free(turn->request);
	buf_fini(&turn->answer);
	vec_fini(&turn->splices.list);
	mem_free(turn->parts);
	mem_free(turn);
	budget_give(memory, reserved);
}

static struct turn *first_turn(const struct conn *conn)
{
	if (list_empty(&conn->turns))
		return NULL;
	return list_item(conn->turns.next, struct turn, link);
}

/* Lets go of all that is in flight. */
static void drop_turns(struct conn *conn)
{
	for (struct turn *turn; (turn = first_turn(conn)) != NULL;) {
		assert(!turn->sent); /* the stream gave those back */
		list_remove(&turn->link);
		conn->in_flight--;
		if (!turn->done)
			conn->conns->owner->abandon(conn->conns, turn->request);
		turn_free(turn);
	}
}

void conn_close(struct conn *conn, const char *why)
{
	if (conn->stream == NULL)
		return;
	pin(conn);
	struct stream *stream = conn->stream;
	conn->stream = NULL;
	stream_close(stream);
	budget_leave(&conn->waiter);
	list_remove(&conn->link);
	list_remove(&conn->granted);
	conn->conns->len--;
	conn->conns->owner->closed(conn, why);
	if (conn->incoming != NULL)
		turn_free(conn->incoming);
	conn->incoming = NULL;
	drop_turns(conn);
	unpin(conn);
}

/* ---- reasons to stop ---- */

static void stop_for(struct conn *conn, enum stop reason)
{
	if (conn->stops == 0 && conn->stream != NULL)
		stream_read_stop(conn->stream);
	conn->stops |= (unsigned)reason;
}

static void go_on(struct conn *conn, enum stop reason)
{
	if (!(conn->stops & (unsigned)reason))
		return;
	conn->stops &= ~(unsigned)reason;
	resume(conn);
}

static void resume(struct conn *conn)
{
	if (conn->stops != 0 || conn->stream == NULL)
		return;
	pin(conn);
	struct buf held = conn->held;
	buf_init(&conn->held, held.bytes_max);
	feed(conn, buf_slice(&held));
	buf_fini(&held);
	if (conn->stops == 0 && conn->stream != NULL)
		stream_read_start(conn->stream);
	unpin(conn);
}

static bool too_much_in_flight(const struct conn *conn)
{
	const struct conn_limits *limits = &conn->conns->limits;
	return conn->in_flight >= limits->in_flight_max ||
	       conn->stream->bytes_queued > limits->answer_bytes_max;
}

void conn_mute(struct conn *conn)
{
	stop_for(conn, STOP_MUTED);
}

void conn_unmute(struct conn *conn)
{
	go_on(conn, STOP_MUTED);
}

void conn_drain(struct conn *conn)
{
	stop_for(conn, STOP_DRAINING);
	if (conn->in_flight == 0)
		conn_close(conn, "the broker stops");
}

/* ---- answers ---- */

/* How many parts an answer has at most. */
static size_t parts_max(const struct turn *turn)
{
	size_t count = 2 * (size_t)turn->splices.list.len + 1;
	for (const struct request_rope *rope = turn->request->ropes; rope != NULL;
	     rope = rope->next)
		count += rope->part_count;
	return count;
}

/* The answer's bytes, cut where records that were not copied belong: a run of memory, or the next
 * rope. */
static void answer_parts(struct turn *turn)
{
	struct stream_part *parts = mem_array(struct stream_part, parts_max(turn));
	const struct request_rope *rope = turn->request->ropes;
	uint32_t count = 0;
	size_t from = 0;
	vec_each (splice, &turn->splices.list) {
		parts[count++] =
			STREAM_MEMORY(slice_sub(buf_slice(&turn->answer), from, splice->at - from));
		from = splice->at;
		if (rope == NULL || splice->bytes.data != (const uint8_t *)rope) {
			parts[count++] = STREAM_MEMORY(splice->bytes);
			continue;
		}
		memcpy(&parts[count], rope->parts, rope->part_count * sizeof(*parts));
		count += rope->part_count;
		rope = rope->next;
	}
	assert(rope == NULL);
	parts[count++] = STREAM_MEMORY(slice_sub(buf_slice(&turn->answer), from, SIZE_MAX));
	assert(count <= parts_max(turn));
	turn->parts = parts;
	turn->write.parts = parts;
	turn->write.part_count = count;
}

static void mute_for(struct conn *conn, int32_t ms)
{
	if (ms <= 0)
		return;
	conn_mute(conn);
	conn->conns->owner->muted(conn, ms);
}

/* The stream has taken the answer, or will not: the turn is over, there may be room for another. */
static void written(struct stream_write *write, bool whole)
{
	struct turn *turn = CONTAINER_OF(write, struct turn, write);
	struct conn *conn = turn->conn;
	pin(conn);
	bool last = turn->request->close;
	list_remove(&turn->link);
	assert(conn->in_flight > 0);
	conn->in_flight--;
	conn->active_ms = now_ms(conn);
	turn_free(turn);
	if (whole && conn->stream != NULL) {
		if (last)
			conn_close(conn, "its last request was answered");
		else if ((conn->stops & STOP_DRAINING) && conn->in_flight == 0)
			conn_close(conn, "the broker stops");
		else if (!too_much_in_flight(conn))
			go_on(conn, STOP_IN_FLIGHT);
	}
	unpin(conn);
}

/* Writes the answer; one that is empty (acks=0) passes through the stream too, and keeps order. */
static void send_answer(struct conn *conn, struct turn *turn)
{
	struct err err;
	if (request_write(turn->request, &turn->answer, &turn->splices, &err) != 0 ||
	    buf_check(&turn->answer, "the answer", &err) != 0) {
		conn_close(conn, err.text);
		return;
	}
	answer_parts(turn);
	turn->sent = true;
	turn->write.done = written;
	mute_for(conn, turn->request->throttle_ms);
	stream_write(conn->stream, &turn->write);
}

/* The next to be sent, if it is done. */
static struct turn *next_answer(const struct conn *conn)
{
	list_each (turn, &conn->turns, struct turn, link) {
		if (!turn->sent)
			return turn->done ? turn : NULL;
	}
	return NULL;
}

static void send_answers(struct conn *conn)
{
	pin(conn);
	for (struct turn *turn; conn->stream != NULL && (turn = next_answer(conn)) != NULL;)
		send_answer(conn, turn);
	unpin(conn);
}

static void request_done(struct request *request)
{
	struct turn *turn = request->owner;
	assert(!turn->done);
	turn->done = true;
	/* What the answer holds keeps later requests out until the peer has taken it. */
	turn->reserved += request->arena.used;
	budget_add(turn->conn->conns->memory, request->arena.used);
	send_answers(turn->conn);
}

/* ---- requests ---- */

/* Room for a frame of `len` bytes, which the budget has granted. */
static void turn_new(struct conn *conn, uint32_t len, size_t reserved)
{
	assert(conn->incoming == NULL);
	struct turn *turn = mem_new(struct turn);
	list_init(&turn->link);
	turn->conn = conn;
	turn->reserved = reserved;
	turn->request = request_new(turn, &conn->client, request_done);
	turn->request->takes_ropes = true;
	buf_init(&turn->request->frame, len);
	buf_reserve(&turn->request->frame, len);
	buf_init(&turn->answer, ANSWER_BYTES_MAX);
	conn->incoming = turn;
	conn->incoming_len = len;
}

/* The frame under way is whole. */
static void turn_begin(struct conn *conn)
{
	struct turn *turn = conn->incoming;
	conn->incoming = NULL;
	conn->head_len = 0;
	turn->request->body = buf_slice(&turn->request->frame);
	turn->request->received_ms = conn->active_ms;
	list_push_back(&conn->turns, &turn->link);
	conn->in_flight++;
	conn->conns->owner->begin(conn->conns, turn->request);
	if (conn->stream != NULL && too_much_in_flight(conn))
		stop_for(conn, STOP_IN_FLIGHT);
}

static void granted(struct budget_waiter *waiter)
{
	struct conn *conn = CONTAINER_OF(waiter, struct conn, waiter);
	turn_new(conn, load_be32(conn->head), waiter->bytes);
	list_push_back(&conn->conns->granted, &conn->granted);
	conn->conns->owner->wake(conn->conns);
}

/* The length is there: a place for the body, or a reason to wait. */
static void frame_begin(struct conn *conn)
{
	uint32_t len = load_be32(conn->head);
	if (len < CONN_FRAME_BYTES_MIN || len > conn->conns->limits.request_bytes_max) {
		CLEANUP(buf_fini) struct buf why = BUF_INIT(128);
		buf_printf(&why, "it announces a request of %d bytes", (int32_t)len);
		conn_close(conn, buf_str(&why));
		return;
	}
	size_t bytes = (size_t)len + CONN_REQUEST_BYTES;
	if (budget_take(conn->conns->memory, bytes)) {
		turn_new(conn, len, bytes);
		return;
	}
	stop_for(conn, STOP_MEMORY);
	budget_wait(conn->conns->memory, &conn->waiter, bytes);
}

static struct buf *incoming_body(const struct conn *conn)
{
	return &conn->incoming->request->frame;
}

static size_t incoming_missing(const struct conn *conn)
{
	return conn->incoming_len - incoming_body(conn)->len;
}

/* Takes what it can use from the front of `bytes`; yields how much. */
static size_t feed_some(struct conn *conn, struct slice bytes)
{
	if (conn->incoming == NULL) {
		size_t n = MIN(bytes.len, (size_t)(HEAD_BYTES - conn->head_len));
		memcpy(conn->head + conn->head_len, bytes.data, n);
		conn->head_len += (uint32_t)n;
		if (conn->head_len == HEAD_BYTES)
			frame_begin(conn);
		return n;
	}
	size_t n = MIN(bytes.len, incoming_missing(conn));
	buf_append(incoming_body(conn), slice_sub(bytes, 0, n));
	if (incoming_missing(conn) == 0)
		turn_begin(conn);
	return n;
}

/* Called pinned. What cannot be used now, for a reason to stop, is held. */
static void feed(struct conn *conn, struct slice bytes)
{
	while (bytes.len > 0 && conn->stops == 0 && conn->stream != NULL)
		bytes = slice_sub(bytes, feed_some(conn, bytes), SIZE_MAX);
	if (conn->stream == NULL)
		return;
	buf_append(&conn->held, bytes);
	assert(!conn->held.overflowed);
}

/* ---- the stream's user ---- */

static uint8_t *conn_room(struct stream *stream, size_t *ret_len)
{
	struct conn *conn = stream->arg;
	if (conn->stops != 0)
		return NULL;
	if (conn->incoming != NULL && incoming_missing(conn) > READ_IN_PLACE_BYTES) {
		*ret_len = incoming_missing(conn);
		return buf_reserve(incoming_body(conn), *ret_len);
	}
	*ret_len = CONN_READ_BYTES;
	return conn->conns->scratch;
}

static void conn_read(struct stream *stream, size_t len)
{
	struct conn *conn = stream->arg;
	pin(conn);
	conn->active_ms = now_ms(conn);
	if (conn->incoming != NULL && incoming_missing(conn) > READ_IN_PLACE_BYTES) {
		buf_advance(incoming_body(conn), len);
		if (incoming_missing(conn) == 0)
			turn_begin(conn);
	} else {
		feed(conn, slice_of(conn->conns->scratch, len));
	}
	unpin(conn);
}

/* Kafka's clients never close one half, so whoever sends no more does not wait for answers. */
static void conn_ended(struct stream *stream)
{
	conn_close(stream->arg, "the client left");
}

static void conn_broken(struct stream *stream, const struct err *err)
{
	conn_close(stream->arg, err->text);
}

static const struct stream_user CONN_USER = {
	.room = conn_room,
	.read = conn_read,
	.ended = conn_ended,
	.broken = conn_broken,
};

/* ---- for others ---- */

/* Everyone is anonymous until a link of the chain (TLS, SASL) knows better. */
static struct client client_of(struct conn *conn, const char *peer)
{
	struct slice text = slice_sub(slice_str(peer), 0, sizeof(conn->peer));
	memcpy(conn->peer, text.data, text.len);
	const char *colon = strrchr(peer, ':');
	size_t host_len = colon != NULL ? (size_t)(colon - peer) : text.len;
	return (struct client){
		.host = slice_of(conn->peer, MIN(host_len, text.len)),
		.principal = SLICE("User:ANONYMOUS"),
		.listener = SLICE("PLAINTEXT"),
	};
}

struct conn *conn_open(struct conns *conns, struct stream *stream, const char *peer, void *owner)
{
	struct conn *conn = mem_new(struct conn);
	conn->conns = conns;
	conn->stream = stream;
	conn->owner = owner;
	conn->client = client_of(conn, peer);
	buf_init(&conn->held, CONN_READ_BYTES);
	list_init(&conn->link);
	list_init(&conn->granted);
	list_init(&conn->turns);
	list_init(&conn->waiter.link);
	conn->waiter.granted = granted;
	conn->active_ms = now_ms(conn);
	list_push_back(&conns->list, &conn->link);
	conns->len++;
	stream->user = &CONN_USER;
	stream->arg = conn;
	stream_read_start(stream);
	return conn;
}

struct conns *conn_conns(const struct conn *conn)
{
	return conn->conns;
}

void *conn_owner(const struct conn *conn)
{
	return conn->owner;
}

struct client *conn_client(struct conn *conn)
{
	return &conn->client;
}

uint32_t conn_in_flight(const struct conn *conn)
{
	return conn->in_flight;
}

int64_t conn_idle_since_ms(const struct conn *conn)
{
	return conn->in_flight > 0 ? INT64_MAX : conn->active_ms;
}

void conns_init(struct conns *conns, struct conn_limits limits, struct budget *memory,
		const struct conns_owner *owner, void *arg)
{
	assert(limits.in_flight_max > 0);
	assert(limits.request_bytes_max <= INT32_MAX);
	*conns = (struct conns){ .limits = limits, .memory = memory, .owner = owner, .arg = arg };
	list_init(&conns->list);
	list_init(&conns->granted);
	conns->scratch = mem_bytes(CONN_READ_BYTES);
}

void conns_close(struct conns *conns)
{
	while (!list_empty(&conns->list))
		conn_close(list_item(conns->list.next, struct conn, link), "the broker stops");
}

void conns_fini(struct conns *conns)
{
	conns_close(conns);
	mem_free(conns->scratch);
	conns->scratch = NULL;
}

void conns_step(struct conns *conns)
{
	for (struct list *link; (link = list_pop_front(&conns->granted)) != NULL;)
		go_on(list_item(link, struct conn, granted), STOP_MEMORY);
}

void conns_drain(struct conns *conns)
{
	list_each (conn, &conns->list, struct conn, link)
		conn_drain(conn);
}
