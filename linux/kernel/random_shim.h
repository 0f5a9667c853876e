/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Put in front of arch/um/os-Linux/util.c by the compiler (-include); the kernel's own file stays as it is.
 *
 * What the kernel takes for entropy of the host would make every run another one.  It gets numbers of a generator
 * instead, which begins where RINGSIDE_SEED in the environment says (SplitMix64 of Steele, Lea and Flood, 2014).
 */
#ifndef RINGSIDE_RANDOM_SHIM_H
#define RINGSIDE_RANDOM_SHIM_H

/* The kernel has other files of that name, which the compiler gets with the same options. */
#ifdef __UM_HOST__

#include <stdlib.h>
#include <sys/random.h>

static inline ssize_t ringside_getrandom(void *buffer, size_t length, unsigned int flags)
{
	static unsigned long long state;
	static int begun;
	unsigned char *to = buffer;
	unsigned long long word = 0;
	size_t i;

	(void)flags;
	if (!begun) {
		const char *seed = getenv("RINGSIDE_SEED");

		state = seed ? strtoull(seed, NULL, 10) : 1;
		begun = 1;
	}
	for (i = 0; i < length; i++) {
		if (i % 8 == 0) {
			state += 0x9e3779b97f4a7c15ULL;
			word = state;
			word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
			word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
			word ^= word >> 31;
		}
		to[i] = (unsigned char)(word >> (8 * (i % 8)));
	}
	return (ssize_t)length;
}
#define getrandom ringside_getrandom
#endif

#endif
