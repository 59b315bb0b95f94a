/* SPDX-License-Identifier: GPL-2.0 */
/* A lag and its ports as text on a screen. */
#ifndef _LAGCTL_SCREEN_H
#define _LAGCTL_SCREEN_H

#include "lagctl.h"
#include "model.h"

/**
 * struct rate - what a port carries, per second
 * @rx_bits: received
 * @tx_bits: sent
 */
struct rate {
	double	rx_bits;
	double	tx_bits;
};

/**
 * screen_lag() - shows it
 * @f: where
 * @lag: what
 * @rates: of each port, then of the lag; NULL: they are not known.  With them
 *	a narrow terminal has no room for the partners.
 */
void screen_lag(FILE *f, const struct lag *lag, const struct rate *rates);

/**
 * screen_sentence() - a line, broken where the terminal ends
 * @f: where
 * @indent: of all its lines
 * @c: of @head
 * @head: first word, before a colon; or NULL
 * @text: what follows
 */
void screen_sentence(FILE *f, unsigned int indent, enum colour c,
		     const char *head, const char *text);

/* Columns of the terminal, 0: there is none */
unsigned int screen_columns(void);

/* A bar of this many characters, filled as far as @part of 1 says */
void screen_bar(FILE *f, double part, unsigned int width);

/* "2.5 Gb/s" of bits per second, in a buffer of the caller */
#define RATE_TEXT	16
const char *rate_text(char text[RATE_TEXT], double bits);

/* Per cent of the traffic that the port is given */
double port_share(const struct lag *lag, const struct port *p);

const char *port_mii_name(const struct port *p);
const char *port_duplex_name(const struct port *p);

/* Whether the partner in a port's record was heard */
bool partner_known(const struct value *partner);

#endif /* _LAGCTL_SCREEN_H */
