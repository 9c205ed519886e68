/* STDDEV_SAMP, STDDEV_SAMPLE, CORRELATION, COUNT_DISTINCT. */
#include "engine/agg_families.h"

#include <math.h>
#include <xxhash.h>

/* Sums from which a variance comes. STDDEV_SAMP gives the variance: its users rely on it. */

struct moments {
	double sum, m2; /* m2: the sum of squared distances from the mean, as Youngs and Cramer keep
			   it */
	int64_t n;
};

AGG_PLAIN_STATE(moments)

static void moments_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct moments));
}

static double number_at(const struct column *column, uint32_t row)
{
	switch ((int)column->type->kind) {
	case TYPE_INT:
		return column->i32[row];
	case TYPE_BIGINT:
		return (double)column->i64[row];
	default:
		return column->f64[row];
	}
}

/* What the last value added, with the sum and the count that include it. */
static double moment(const struct moments *m, double x)
{
	double n = (double)m->n, away = n * x - m->sum;
	return away * away / (n * (n - 1));
}

static void moments_apply(void *const *states, const struct agg_rows *rows, int sign)
{
	SEL_EACH(i, rows->sel)
	{
		struct moments *m = states[i];
		if (column_is_null(rows->args[0], i))
			continue;
		double x = number_at(rows->args[0], i);
		if (sign > 0) {
			m->sum += x;
			m->n++;
			if (m->n > 1)
				m->m2 += moment(m, x);
		} else {
			if (m->n > 1)
				m->m2 -= moment(m, x);
			m->sum -= x;
			m->n--;
		}
	}
}

static void moments_add(const struct agg *agg, struct eval *eval, void *const *states,
			const struct agg_rows *rows)
{
	(void)agg;
	(void)eval;
	moments_apply(states, rows, 1);
}

static void moments_remove(const struct agg *agg, struct eval *eval, void *const *states,
			   const struct agg_rows *rows)
{
	(void)agg;
	(void)eval;
	moments_apply(states, rows, -1);
}

static void moments_merge(const struct agg *agg, void *into, const void *from)
{
	struct moments *a = into;
	const struct moments *b = from;
	(void)agg;
	if (a->n > 0 && b->n > 0) {
		double na = (double)a->n, nb = (double)b->n, away = a->sum / na - b->sum / nb;
		a->m2 += away * away * na * nb / (na + nb);
	}
	a->m2 += b->m2;
	a->sum += b->sum;
	a->n += b->n;
}

static void moments_emit(const struct agg *agg, const void *state, struct arena *arena,
			 struct column *out, uint32_t row)
{
	const struct moments *m = state;
	(void)arena;
	double variance = m->n >= 2 ? m->m2 / (double)(m->n - 1) : 0.0;
	out->f64[row] = strcmp(agg->func->name, "STDDEV_SAMPLE") == 0 ? sqrt(variance) : variance;
}

static fallible moments_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)err;
	struct type_field *fields = arena_array(arena, struct type_field, 3);
	fields[0] = (struct type_field){ SLICE("SUM"), agg->args[0] };
	fields[1] = (struct type_field){ SLICE("COUNT"), TYPE_OF(TYPE_BIGINT) };
	fields[2] = (struct type_field){ SLICE("M2"), TYPE_OF(TYPE_DOUBLE) };
	agg->intermediate = type_struct(arena, fields, 3);
	return 0;
}

/* CORRELATION: Pearson's. */

struct correlation {
	double x, y, xx, yy, xy;
	int64_t n;
};

AGG_PLAIN_STATE(correlation)

static void correlation_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct correlation));
}

static void correlation_apply(void *const *states, const struct agg_rows *rows, int sign)
{
	SEL_EACH(i, rows->sel)
	{
		struct correlation *c = states[i];
		if (column_is_null(rows->args[0], i) || column_is_null(rows->args[1], i))
			continue;
		double x = number_at(rows->args[0], i), y = number_at(rows->args[1], i);
		c->x += sign * x;
		c->y += sign * y;
		c->xx += sign * x * x;
		c->yy += sign * y * y;
		c->xy += sign * x * y;
		c->n += sign;
	}
}

static void correlation_add(const struct agg *agg, struct eval *eval, void *const *states,
			    const struct agg_rows *rows)
{
	(void)agg;
	(void)eval;
	correlation_apply(states, rows, 1);
}

static void correlation_remove(const struct agg *agg, struct eval *eval, void *const *states,
			       const struct agg_rows *rows)
{
	(void)agg;
	(void)eval;
	correlation_apply(states, rows, -1);
}

static void correlation_merge(const struct agg *agg, void *into, const void *from)
{
	struct correlation *a = into;
	const struct correlation *b = from;
	(void)agg;
	a->x += b->x;
	a->y += b->y;
	a->xx += b->xx;
	a->yy += b->yy;
	a->xy += b->xy;
	a->n += b->n;
}

static void correlation_emit(const struct agg *agg, const void *state, struct arena *arena,
			     struct column *out, uint32_t row)
{
	const struct correlation *c = state;
	(void)agg;
	(void)arena;
	double n = (double)c->n;
	double above = n * c->xy - c->x * c->y;
	double below = sqrt(n * c->xx - c->x * c->x) * sqrt(n * c->yy - c->y * c->y);
	out->f64[row] = above / below;
}

static fallible correlation_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	static const char *const NAMES[] = { "COUNT", "SUMX", "SUMY", "SUMX2", "SUMY2", "SUMXY" };
	(void)err;
	struct type_field *fields = arena_array(arena, struct type_field, COUNT_OF(NAMES));
	for (size_t i = 0; i < COUNT_OF(NAMES); i++)
		fields[i] = (struct type_field){ slice_str(NAMES[i]), TYPE_OF(TYPE_DOUBLE) };
	agg->intermediate = type_struct(arena, fields, COUNT_OF(NAMES));
	return 0;
}

/*
 * COUNT_DISTINCT: HyperLogLog with 2^12 registers (a standard error of 1.6 %), and linear counting
 * while most registers are empty, which makes small counts exact in practice.
 */

#define HLL_BITS 12
#define HLL_REGISTERS (1 << HLL_BITS)

struct distinct {
	uint8_t registers[HLL_REGISTERS];
};

AGG_PLAIN_STATE(distinct)

static void distinct_init(const struct agg *agg, void *state)
{
	(void)agg;
	memset(state, 0, sizeof(struct distinct));
}

static void distinct_add(const struct agg *agg, struct eval *eval, void *const *states,
			 const struct agg_rows *rows)
{
	(void)eval;
	SEL_EACH(i, rows->sel)
	{
		struct distinct *d = states[i];
		struct value value = column_value(rows->args[0], i);
		if (value.is_null)
			continue;
		uint64_t hash = value_hash(agg->args[0], &value);
		hash = XXH3_64bits(&hash, sizeof(hash));
		uint32_t index = (uint32_t)(hash >> (64 - HLL_BITS));
		uint64_t rest = hash << HLL_BITS | (UINT64_C(1) << (HLL_BITS - 1));
		uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
		d->registers[index] = MAX(d->registers[index], rank);
	}
}

static void distinct_merge(const struct agg *agg, void *into, const void *from)
{
	struct distinct *a = into;
	const struct distinct *b = from;
	(void)agg;
	for (uint32_t i = 0; i < HLL_REGISTERS; i++)
		a->registers[i] = MAX(a->registers[i], b->registers[i]);
}

static void distinct_emit(const struct agg *agg, const void *state, struct arena *arena,
			  struct column *out, uint32_t row)
{
	const struct distinct *d = state;
	(void)agg;
	(void)arena;
	double m = HLL_REGISTERS, sum = 0;
	uint32_t zeroes = 0;
	for (uint32_t i = 0; i < HLL_REGISTERS; i++) {
		sum += ldexp(1.0, -d->registers[i]);
		zeroes += d->registers[i] == 0;
	}
	double estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
	if (estimate <= 2.5 * m && zeroes > 0)
		estimate = m * log(m / zeroes);
	out->i64[row] = (int64_t)llround(estimate);
}

static fallible distinct_bind(struct agg *agg, struct arena *arena, struct err *err)
{
	(void)err;
	agg->intermediate = type_array(arena, TYPE_OF(TYPE_INT));
	return 0;
}

/* clang-format off */
#define MOMENTS_OPS .state_bytes = sizeof(struct moments), .init = moments_init, .add = moments_add, \
	.remove = moments_remove, .merge = moments_merge, .emit = moments_emit, .save = moments_save, \
	.load = moments_load, .bind = moments_bind
#define MOMENTS_VARIANTS { { .signature = "(INT val) DOUBLE", MOMENTS_OPS }, \
	{ .signature = "(BIGINT val) DOUBLE", MOMENTS_OPS }, { .signature = "(DOUBLE val) DOUBLE", MOMENTS_OPS } }
#define CORRELATION_OPS .state_bytes = sizeof(struct correlation), .init = correlation_init, \
	.add = correlation_add, .remove = correlation_remove, .merge = correlation_merge, \
	.emit = correlation_emit, .save = correlation_save, .load = correlation_load, .bind = correlation_bind

const struct agg_def AGG_STATISTICS[] = {
	{ "STDDEV_SAMP", "The sample variance of a column.", MOMENTS_VARIANTS },
	{ "STDDEV_SAMPLE", "The sample standard deviation of a column.", MOMENTS_VARIANTS },
	{ "CORRELATION", "Pearson's correlation of two columns.", {
		{ .signature = "(INT x, INT y) DOUBLE", CORRELATION_OPS },
		{ .signature = "(BIGINT x, BIGINT y) DOUBLE", CORRELATION_OPS },
		{ .signature = "(DOUBLE x, DOUBLE y) DOUBLE", CORRELATION_OPS } } },
	{ "COUNT_DISTINCT", "About how many distinct values there are.", {
		{ .signature = "(T val) BIGINT", .state_bytes = sizeof(struct distinct), .init = distinct_init,
		  .add = distinct_add, .merge = distinct_merge, .emit = distinct_emit, .save = distinct_save,
		  .load = distinct_load, .bind = distinct_bind } } },
	{ .name = NULL },
};
/* clang-format on */
