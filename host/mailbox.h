/*
 * mailbox.h - messages from any thread to one loop, and the only way across.
 *
 * A message is embedded in the sender's struct and belongs to the receiver from mailbox_post until
 * the receiver hands it back, by another mailbox or by freeing it. Messages of one sender arrive in
 * order. Many posts wake the loop once. A full mailbox refuses: the sender keeps the message and
 * must do something about it (answer "busy", stop reading), so no queue grows without bound.
 */
#ifndef WEIR_HOST_MAILBOX_H
#define WEIR_HOST_MAILBOX_H

#include "host/loop.h"

struct message {
	struct message *next; /* the mailbox's */
};

struct mailbox;

/* Called on the loop, once for each message. */
typedef void mailbox_receive(void *arg, struct message *message);

struct mailbox *mailbox_new(struct loop *loop, uint32_t messages_max, mailbox_receive *receive,
			    void *arg);
/* No thread may post any more; what was posted is delivered before this returns. Takes NULL. */
void mailbox_free(struct mailbox *mailbox);
MUST_USE bool mailbox_post(struct mailbox *mailbox, struct message *message); /* any thread */

#endif
