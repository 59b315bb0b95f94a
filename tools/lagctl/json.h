/* SPDX-License-Identifier: GPL-2.0 */
/* The model as JSON, under the names and types of `ip -j -d link show`. */
#ifndef _LAGCTL_JSON_H
#define _LAGCTL_JSON_H

#include "model.h"

#include <jansson.h>

/* A lag with its ports */
json_t *json_lag(const struct lag *lag);

/* To stdout, as -p has it; ends with a newline and frees it */
void json_print(json_t *json);

#endif /* _LAGCTL_JSON_H */
