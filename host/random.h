/*
 * random.h - numbers that nobody can guess, from the kernel: seeds and ids.
 * The core is given them as values, so that its tests can give it others.
 */
#ifndef WEIR_HOST_RANDOM_H
#define WEIR_HOST_RANDOM_H

#include <stdint.h>

uint64_t random_u64(void);

#endif
