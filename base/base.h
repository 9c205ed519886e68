/*
 * base.h - what every file of weir may count on: integers, attributes, assertions, banned calls.
 *
 * The rule: assertions stay on in every build, because a broken promise found late costs more than
 * the branch. Only kernels (engine/kernels_*.c) may use DEBUG_ASSERT, which release builds drop.
 * Calls that write without a bound or depend on the process's locale do not compile: use
 * buf_printf, num_parse_* and friends instead.
 */
#ifndef WEIR_BASE_BASE_H
#define WEIR_BASE_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))
#define COLD __attribute__((cold))
#define ALWAYS_INLINE static inline __attribute__((always_inline))

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The struct that holds `ptr` as its field `member`. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define CONTAINER_OF_CONST(ptr, type, member)                                                      \
	((const type *)(const void *)((const char *)(ptr)-offsetof(type, member)))

/* Runs `fn(&variable)` when the variable leaves its scope, so an early return is always right. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Prints what failed and where, then aborts. Never returns, in no build. */
NORETURN COLD void assert_failed(const char *what, const char *file, int line);

#undef assert
#define assert(cond) (LIKELY(cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__))
#define IMPLIES(a, b) (!(a) || (b))
#define UNREACHABLE(why) assert_failed("unreachable: " why, __FILE__, __LINE__)

#ifdef NDEBUG
#define DEBUG_ASSERT(cond) ((void)sizeof(cond))
#else
#define DEBUG_ASSERT(cond) assert(cond)
#endif

/*
 * Banned: unbounded writes, locale-dependent conversions, hidden process state. The few files that
 * implement the replacements define WEIR_ALLOW_BANNED before including this header.
 */
#ifndef WEIR_ALLOW_BANNED
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#pragma GCC poison strcpy strcat sprintf vsprintf snprintf vsnprintf gets strtok
#pragma GCC poison atoi atol atoll strtod strtol strtoul strtoll strtoull
#pragma GCC poison localtime gmtime mktime setlocale
#endif

#endif
