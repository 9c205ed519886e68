#include "host/mailbox.h"
#include "host/loop_priv.h"
#include "base/mem.h"

struct mailbox {
	uv_async_t async;
	mailbox_receive *receive;
	void *arg; /* borrowed */
	uint32_t messages_max;
	uv_mutex_t mutex; /* guards what follows */
	struct message *first, **last;
	uint32_t len;
};

/* Takes everything at once, so that senders are held up for four assignments only. */
static struct message *take_all(struct mailbox *mailbox)
{
	uv_mutex_lock(&mailbox->mutex);
	struct message *first = mailbox->first;
	mailbox->first = NULL;
	mailbox->last = &mailbox->first;
	mailbox->len = 0;
	uv_mutex_unlock(&mailbox->mutex);
	return first;
}

static void deliver(struct mailbox *mailbox)
{
	for (struct message *message = take_all(mailbox), *next; message != NULL; message = next) {
		next = message->next;
		message->next = NULL;
		mailbox->receive(mailbox->arg, message);
	}
}

static void woken(uv_async_t *async)
{
	deliver(async->data);
}

struct mailbox *mailbox_new(struct loop *loop, uint32_t messages_max, mailbox_receive *receive,
			    void *arg)
{
	assert(messages_max > 0);
	struct mailbox *mailbox = mem_new(struct mailbox);
	mailbox->receive = receive;
	mailbox->arg = arg;
	mailbox->messages_max = messages_max;
	mailbox->last = &mailbox->first;
	int code = uv_mutex_init(&mailbox->mutex);
	assert(code == 0);
	code = uv_async_init(&loop->uv, &mailbox->async, woken);
	assert(code == 0);
	mailbox->async.data = mailbox;
	return mailbox;
}

static void closed(uv_handle_t *handle)
{
	struct mailbox *mailbox = handle->data;
	assert(mailbox->first == NULL);
	uv_mutex_destroy(&mailbox->mutex);
	mem_free(mailbox);
}

void mailbox_free(struct mailbox *mailbox)
{
	if (mailbox == NULL)
		return;
	deliver(mailbox);
	uv_close((uv_handle_t *)&mailbox->async, closed);
}

bool mailbox_post(struct mailbox *mailbox, struct message *message)
{
	uv_mutex_lock(&mailbox->mutex);
	bool fits = mailbox->len < mailbox->messages_max;
	bool wake = mailbox->len == 0;
	if (fits) {
		message->next = NULL;
		*mailbox->last = message;
		mailbox->last = &message->next;
		mailbox->len++;
	}
	uv_mutex_unlock(&mailbox->mutex);
	if (fits && wake)
		uv_async_send(&mailbox->async);
	return fits;
}
