/*
 * quota.h - how much clients may do: limits for users, client ids, both together, or their
 * defaults.
 *
 * A limit belongs to an entity, written "user=alice,client-id=<default>". Of the limits that fit a
 * client the most particular one counts, in Kafka's order: user with client id, user, client id, a
 * name before a default. Who goes past it is answered at once and then not read from for as long as
 * brings the rate back (KIP-219): quota_charge says how long. Rates are measured over eleven
 * windows of a second, as quota.window.num and quota.window.size.seconds say.
 */
#ifndef WEIR_BROKER_QUOTA_H
#define WEIR_BROKER_QUOTA_H

#include "base/map.h"
#include "base/arena.h"

struct broker;
struct request;

/* A client keeps few bytes; past so many of them all rates begin anew. */
#define QUOTA_METERS_MAX 20000

enum quota_kind {
	QUOTA_PRODUCER_BYTES,
	QUOTA_CONSUMER_BYTES,
	QUOTA_REQUEST_PERCENTAGE,
	QUOTA_CONTROLLER_MUTATIONS,
	QUOTA_CONNECTIONS,
	QUOTA_KINDS_LEN,
};

enum quota_type { QUOTA_USER, QUOTA_CLIENT, QUOTA_IP, QUOTA_TYPES_LEN };

/* What stands for one of the types in an entity. */
struct quota_name {
	enum { QUOTA_ABSENT, QUOTA_DEFAULT, QUOTA_NAMED } state;
	struct slice name; /* QUOTA_NAMED */
};

struct quota_entity {
	struct quota_name of[QUOTA_TYPES_LEN];
};

struct quota_limits {
	bool set[QUOTA_KINDS_LEN];
	double value[QUOTA_KINDS_LEN];
};

struct quotas {
	struct map limits; /* struct quota_limits by the entity's text, owned */
	struct map meters; /* struct quota_meter by kind, entity and names, owned */
};

void quotas_init(struct quotas *quotas);
void quotas_fini(struct quotas *quotas);

const char *quota_kind_name(enum quota_kind kind);
const char *quota_type_name(enum quota_type type);
int quota_kind_of(struct slice name); /* -1: unknown */
int quota_type_of(struct slice name);

void quota_entity_print(const struct quota_entity *entity, struct buf *to);
fallible quota_entity_parse(struct slice text, struct arena *arena, struct quota_entity *ret_entity,
			    struct err *err);

/* NULL: no limits. */
const struct quota_limits *quota_find(const struct quotas *quotas,
				      const struct quota_entity *entity);
/* An entity that is left without limits is forgotten. */
void quota_set(struct quotas *quotas, const struct quota_entity *entity, enum quota_kind kind,
	       bool set, double value);

/* Counts `amount` for the client of the request, and says for how long it must be left alone. */
int32_t quota_charge(struct broker *broker, const struct request *request, enum quota_kind kind,
		     double amount);

#endif
