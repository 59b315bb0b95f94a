/* SPDX-License-Identifier: GPL-2.0 */
/* What iproute2's `ip` offers to a plug-in: it ships no header of its own.
 *
 * This much has been the same from 5.0 on; functions that have changed since
 * are not here.  Those that print returned nothing before 5.6 and an int
 * later, so what they return is not looked at.
 */
#ifndef _LAG_IPROUTE2_H
#define _LAG_IPROUTE2_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

enum output_type {
	PRINT_FP	= 1,
	PRINT_JSON	= 2,
	PRINT_ANY	= 4,
};

enum color_attr {
	COLOR_NONE	= 6,
};

struct link_util {
	struct link_util	*next;
	const char		*id;
	int			maxattr;
	int			(*parse_opt)(struct link_util *lu, int argc,
					     char **argv, struct nlmsghdr *n);
	void			(*print_opt)(struct link_util *lu, FILE *f,
					     struct rtattr *tb[]);
	void			(*print_xstats)(struct link_util *lu, FILE *f,
						struct rtattr *xstats);
	void			(*print_help)(struct link_util *lu, int argc,
					      char **argv, FILE *f);
	int			(*parse_ifla_xstats)(struct link_util *lu,
						     int argc, char **argv);
	int			(*print_ifla_xstats)(struct nlmsghdr *n,
						     void *arg);
	/* A later ip may know more hooks: it finds them empty. */
	void			*later[8];
};

/* Of ip itself: its variable "rth" */
struct rtnl_handle;

/* The answer is the caller's to free.  Says what is wrong if it is negative. */
int rtnl_talk(struct rtnl_handle *rtnl, struct nlmsghdr *n,
	      struct nlmsghdr **answer);

int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
int get_u8(__u8 *val, const char *arg, int base);
int get_u16(__u16 *val, const char *arg, int base);
int get_u32(__u32 *val, const char *arg, int base);
int get_s32(__s32 *val, const char *arg, int base);
int ll_addr_a2n(char *lladdr, int len, const char *arg);
unsigned int ll_name_to_index(const char *name);
const char *ll_index_to_name(unsigned int idx);

/* These two say it and exit. */
void incomplete_command(void);
void invarg(const char *msg, const char *arg);

void open_json_object(const char *str);
void close_json_object(void);
void open_json_array(enum output_type type, const char *str);
void close_json_array(enum output_type type, const char *delim);
void print_color_string(enum output_type t, enum color_attr color,
			const char *key, const char *fmt, const char *value);
void print_color_bool(enum output_type t, enum color_attr color,
		      const char *key, const char *fmt, bool value);
void print_color_int(enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, int value);
void print_color_u64(enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, uint64_t value);

#endif /* _LAG_IPROUTE2_H */
