/*
 * settings.h - what is changed while the broker runs and outlives it, apart from topics: the
 * broker's own settings, those of groups, and quotas. One file, DIR/weir.settings, replaced as a
 * whole.
 */
#ifndef WEIR_BROKER_SETTINGS_H
#define WEIR_BROKER_SETTINGS_H

#include "base/map.h"
#include "broker/config.h"

struct broker;

struct settings {
	struct map groups; /* struct configs by group, owned */
};

fallible settings_open(struct broker *broker, struct err *err);
fallible settings_save(struct broker *broker, struct err *err);
void settings_fini(struct settings *settings);

/* NULL: nothing is set for the group. */
struct configs *settings_group(const struct settings *settings, struct slice group);
struct configs *settings_group_add(struct settings *settings, struct slice group);
void settings_group_remove(struct settings *settings, struct slice group);

#endif
