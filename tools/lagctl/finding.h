/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong with a device, and what mends it. */
#ifndef _LAGCTL_FINDING_H
#define _LAGCTL_FINDING_H

#include "lagctl.h"
#include "model.h"

#define FINDING_REMEDIES	4

/**
 * struct finding - one thing that is wrong, or may be
 * @device: with it
 * @reason: one word
 * @problem: false: all works as it is set up, but it may not be meant so
 * @text: in sentences
 * @remedies: of them
 * @when: under which condition, or how; may be ""
 * @command: what mends it; "" if it is nothing that is typed here
 */
struct finding {
	const char	*device;
	const char	*reason;
	bool		problem;
	char		*text;
	unsigned int	remedies;
	char		*when[FINDING_REMEDIES];
	char		*command[FINDING_REMEDIES];
};

/* Adds a finding to those of the program, in order */
__printf(4, 5)
struct finding *find(const char *device, const char *reason, bool problem,
		     const char *format, ...);

/* Adds a way to mend it: when or how, and the command */
__printf(3, 4)
void mend(struct finding *f, const char *when, const char *format, ...);

/* Checks of programs beside us that change lags or ports; all add findings */
void host_check_lag(const struct lag *lag);
void host_check_port(const struct lag *lag, const struct port *p);
/* Of a device that is no port of a lag and should perhaps be; false: nothing */
bool host_check_device(const struct link *link);
void host_check_versions(const struct model *m);

#endif /* _LAGCTL_FINDING_H */
