/* SPDX-License-Identifier: GPL-2.0 */
/* cmocka with the headers that it wants before it. */
#ifndef _LAG_UNIT_H
#define _LAG_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* _LAG_UNIT_H */
