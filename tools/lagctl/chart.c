// SPDX-License-Identifier: GPL-2.0
/* Draws how traffic would be shared: a group of bars for each policy.
 *
 * Whose numbers they are is not here; see plan.c.
 */
#include "chart.h"

#include <stdarg.h>

/* In pixels */
#define CHART_LEFT	60
#define CHART_RIGHT	30
#define CHART_TOP	90
#define CHART_HEIGHT	300
#define CHART_BOTTOM	100
#define CHART_GAP	28	/* between groups */
#define CHART_GROUP	108	/* the least */
#define CHART_LABELS	26	/* a bar so wide has its share above it */

/* Okabe and Ito: can be told apart by everybody */
static const char *const chart_colours[] = {
	"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00",
	"#f0e442", "#999999",
};

#define CHART_GREY	" fill=\"#555\""
#define CHART_BOLD	" font-weight=\"bold\""
#define CHART_MIDDLE	" text-anchor=\"middle\""
#define CHART_END	" text-anchor=\"end\""

/* So that no line goes through it */
#define CHART_CLEAR	" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\""

struct chart {
	FILE		*f;
	unsigned int	width;
	unsigned int	num_bars;
	unsigned int	bar;		/* width */
	unsigned int	group;
	double		top;		/* the share at the upper end */
	u64		bytes;
};

static void chart_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		default:
			/* Nothing else below a space is allowed in XML. */
			fputc((unsigned char)*text < ' ' ? '?' : *text, f);
		}
	}
}

__printf(5, 6)
static void chart_label(const struct chart *c, double x, double y,
			const char *style, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(c->f, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, style);
	chart_text(c->f, text);
	fputs("</text>\n", c->f);
}

static void chart_line(const struct chart *c, double y, const char *style)
{
	fprintf(c->f, "<path d=\"M%u %.1fH%u\" %s/>\n", CHART_LEFT, y,
		c->width - CHART_RIGHT, style);
}

/* The tip of a pointer shows @name */
static void chart_box(const struct chart *c, double x, double y, double width,
		      double height, const char *colour, const char *name)
{
	fprintf(c->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" ", x, y,
		width);
	fprintf(c->f, "height=\"%.1f\" fill=\"%s\"><title>", height, colour);
	chart_text(c->f, name);
	fputs("</title></rect>\n", c->f);
}

static double chart_y(const struct chart *c, double share)
{
	return CHART_TOP + CHART_HEIGHT * (1 - share / c->top);
}

/* All the same where there are too many to be told apart */
static const char *chart_colour(const struct chart *c, unsigned int bar)
{
	if (c->num_bars > ARRAY_SIZE(chart_colours))
		return chart_colours[0];
	return chart_colours[bar];
}

/* The highest bar just fits, rounded up to whole tenths */
static double chart_scale(const struct chart_group *groups,
			  unsigned int num_groups, unsigned int num_bars)
{
	double most = 0;
	unsigned int i;

	for (i = 0; i < num_groups; i++)
		most = max(most, groups[i].max_to_mean / num_bars);
	for (i = 1; i < 10 && i < most * 10; i++)
		;
	return i / 10.0;
}

static void chart_axis(const struct chart *c)
{
	double step = c->top > 0.5 ? 0.2 : c->top > 0.1 ? 0.1 : 0.02;
	double share;

	for (share = 0; share < c->top + 0.001; share += step) {
		chart_line(c, chart_y(c, share), "stroke=\"#ddd\"");
		chart_label(c, CHART_LEFT - 8, chart_y(c, share) + 4,
			    CHART_GREY CHART_END, "%.0f%%", share * 100);
	}
	chart_line(c, chart_y(c, 1.0 / c->num_bars),
		   "stroke=\"#333\" stroke-dasharray=\"6 4\"");
}

static void chart_group(const struct chart *c, const struct chart_group *g,
			unsigned int left)
{
	unsigned int middle = left + c->group / 2;
	unsigned int x = middle - c->num_bars * c->bar / 2;
	unsigned int i;

	for (i = 0; i < c->num_bars; i++, x += c->bar) {
		double share = (double)g->bars[i].bytes / c->bytes;
		double y = chart_y(c, share);

		chart_box(c, x, y, c->bar - 1, chart_y(c, 0) - y,
			  chart_colour(c, i), g->bars[i].name);
		if (c->bar >= CHART_LABELS)
			chart_label(c, x + c->bar / 2.0, y - 4,
				    CHART_MIDDLE CHART_CLEAR, "%.0f%%",
				    share * 100);
	}
	chart_label(c, middle, CHART_TOP + CHART_HEIGHT + 20,
		    CHART_BOLD CHART_MIDDLE, "%s", g->name);
	chart_label(c, middle, CHART_TOP + CHART_HEIGHT + 38,
		    CHART_GREY CHART_MIDDLE, "\303\227 %.2f", g->max_to_mean);
}

static void chart_legend(const struct chart *c, const struct chart_group *g)
{
	unsigned int x = CHART_LEFT, y = CHART_TOP + CHART_HEIGHT + 66;
	unsigned int i, len;

	if (c->num_bars > ARRAY_SIZE(chart_colours))
		chart_label(c, x, y, "", "from left to right: %s to %s",
			    g->bars[0].name, g->bars[c->num_bars - 1].name);
	for (i = 0; i < c->num_bars; i++) {
		len = 40 + 8 * strlen(g->bars[i].name);
		if (c->num_bars > ARRAY_SIZE(chart_colours) ||
		    x + len > c->width - CHART_RIGHT)
			break;
		chart_box(c, x, y - 11, 12, 12, chart_colour(c, i),
			  g->bars[i].name);
		chart_label(c, x + 18, y, "", "%s", g->bars[i].name);
		x += len;
	}
	chart_label(c, CHART_LEFT, y + 22, CHART_GREY,
		    "dashed: the same share for each port; \303\227: how much busier the busiest is");
}

void chart_draw(FILE *f, const char *title, const char *subtitle,
		const struct chart_group *groups, unsigned int num_groups,
		unsigned int num_bars, u64 bytes)
{
	struct chart c = {
		.f = f,
		.num_bars = num_bars,
		.bar = max((CHART_GROUP - CHART_GAP) / num_bars, 4U),
		.top = chart_scale(groups, num_groups, num_bars),
		.bytes = bytes,
	};
	unsigned int i;

	c.group = max(CHART_GROUP, c.bar * num_bars + CHART_GAP);
	c.width = CHART_LEFT + num_groups * c.group + CHART_RIGHT;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", f);
	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\"", f);
	fprintf(f, " width=\"%u\" height=\"%u\"", c.width,
		CHART_TOP + CHART_HEIGHT + CHART_BOTTOM);
	fputs(" font-family=\"sans-serif\" font-size=\"13\">\n", f);
	fputs("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", f);
	chart_label(&c, CHART_LEFT, 30, " font-size=\"18\"" CHART_BOLD,
		    "%s: share of bytes by port", title);
	chart_label(&c, CHART_LEFT, 52, CHART_GREY, "%s", subtitle);

	chart_axis(&c);
	for (i = 0; i < num_groups; i++)
		chart_group(&c, &groups[i], CHART_LEFT + i * c.group);
	chart_legend(&c, groups);
	fputs("</svg>\n", f);
}
