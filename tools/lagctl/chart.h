/* SPDX-License-Identifier: GPL-2.0 */
/* Groups of bars as an SVG picture. */
#ifndef _LAGCTL_CHART_H
#define _LAGCTL_CHART_H

#include "../user/env.h"

/**
 * struct chart_bar - a port
 * @name: of it
 * @bytes: that it carries
 */
struct chart_bar {
	const char	*name;
	u64		bytes;
};

/**
 * struct chart_group - a policy
 * @name: of it
 * @bars: one for each port
 * @max_to_mean: how much busier the busiest port is than the mean
 */
struct chart_group {
	const char		*name;
	const struct chart_bar	*bars;
	double			max_to_mean;
};

/**
 * chart_draw() - write the picture
 * @f: where
 * @title: text above it, taken as it is
 * @subtitle: smaller text below that
 * @groups: of bars
 * @num_groups: of them
 * @num_bars: of each group
 * @bytes: of each group in all
 */
void chart_draw(FILE *f, const char *title, const char *subtitle,
		const struct chart_group *groups, unsigned int num_groups,
		unsigned int num_bars, u64 bytes);

#endif /* _LAGCTL_CHART_H */
