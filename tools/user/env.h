/* SPDX-License-Identifier: GPL-2.0 */
/* The engine's environment in userspace: same guard, same names as
 * drivers/net/lag/engine/env.h.  Include it before any engine file.
 */
#ifndef _LAG_ENGINE_ENV_H
#define _LAG_ENGINE_ENV_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

/* gcov counts the branches of every copy by itself. */
#ifdef COVERAGE
#undef __always_inline
#define __always_inline		inline
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef int32_t s32;

#define U64_MAX			UINT64_MAX
#define U32_MAX			UINT32_MAX
#define U16_MAX			UINT16_MAX
#define ETH_ALEN		6
#define BIT_ULL(n)		(1ULL << (n))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define swab64(x)		__builtin_bswap64(x)
#define hweight64(x)		((unsigned int)__builtin_popcountll(x))
#define __ffs64(x)		((unsigned int)__builtin_ctzll(x))
#define fallthrough		__attribute__((__fallthrough__))
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))
#define __noreturn		__attribute__((__noreturn__))
#undef static_assert
#define static_assert(e)	_Static_assert(e, #e)
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

/* A broken invariant ends the program: tests and fuzzers must see it. */
#define WARN_ON_ONCE(condition)						\
	({								\
		bool __broken = (condition);				\
									\
		if (__broken) {						\
			fprintf(stderr, "%s:%d: WARN_ON_ONCE(%s)\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
		__broken;						\
	})

static inline u16 get_unaligned_be16(const void *p)
{
	const u8 *b = p;

	return (u16)(b[0] << 8 | b[1]);
}

static inline void put_unaligned_be16(u16 v, void *p)
{
	u8 *b = p;

	b[0] = v >> 8;
	b[1] = v & 0xff;
}

static inline bool is_zero_ether_addr(const u8 *a)
{
	return !(a[0] | a[1] | a[2] | a[3] | a[4] | a[5]);
}

static inline bool is_multicast_ether_addr(const u8 *a)
{
	return a[0] & 1;
}

static inline bool is_valid_ether_addr(const u8 *a)
{
	return !is_multicast_ether_addr(a) && !is_zero_ether_addr(a);
}

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

static inline void ether_addr_copy(u8 *to, const u8 *from)
{
	memcpy(to, from, ETH_ALEN);
}

struct lacp_port;

void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to);

#endif /* _LAG_ENGINE_ENV_H */
