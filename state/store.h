/*
 * store.h - what an operator remembers: ordered bytes, by key.
 *
 * `get` lends a value until the next call on the store; `scan` visits keys in byte order from
 * `from` (inclusive) to `to` (exclusive; empty: to the end) and may be stopped by the visitor; the
 * visitor does not change the store. `put` with a null value (data NULL) removes. A store belongs
 * to one task and one thread. The memory store never fails; RocksDB's may (ERR_IO, ERR_CORRUPT,
 * ERR_NO_SPACE).
 */
#ifndef WEIR_STATE_STORE_H
#define WEIR_STATE_STORE_H

#include "base/bytes.h"

struct store;

struct range {
	struct slice from, to;
};

/* Anything but 0 stops the scan, without being an error. */
typedef int store_visit(void *arg, struct slice key, struct slice value);

struct store_ops {
	const char *name;
	/* ret_value->data is NULL when the key is absent. */
	fallible (*get)(struct store *store, struct slice key, struct slice *ret_value,
			struct err *err);
	fallible (*put)(struct store *store, struct slice key, struct slice value, struct err *err);
	fallible (*scan)(struct store *store, struct range range, bool backwards,
			 store_visit *visit, void *arg, struct err *err);
	fallible (*remove_range)(struct store *store, struct range range, struct err *err);
	void (*close)(struct store *store);
};

/* Embedded first in each kind of store. */
struct store {
	const struct store_ops *ops;
};

struct store *store_mem_new(void);

#endif
