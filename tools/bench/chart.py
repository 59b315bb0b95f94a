# SPDX-License-Identifier: GPL-2.0
"""The cost of transmit as a bar chart, in SVG."""

COLOURS = {"macvlan": "#999999", "bond": "#c0504d", "team": "#e0a030",
           "lag": "#3070b0"}
ROW, GAP, LEFT, WIDTH, TOP = 14, 10, 150, 520, 56


def text(x, y, words, anchor="start", size=12):
    return (f'<text x="{x}" y="{y}" font-size="{size}" '
            f'text-anchor="{anchor}">{words}</text>')


def write(path, rows):
    """The first kernel measured, 4 ports; a copy to all ports is no cost of
    choosing one."""
    kernel = rows[0]["kernel"]
    cases = {}
    for row in rows:
        if row["part"] == "tx" and row["kernel"] == kernel and \
                row["figure"] == "instructions" and \
                row["ports"] in ("1", "4") and row["case"] != "broadcast":
            cases.setdefault(row["case"], {})[row["device"]] = row["value"]
    top = max(value for case in cases.values() for value in case.values())
    scale = WIDTH / top
    lines = [text(LEFT, 18, f"Transmit, Linux {kernel}, 4 ports: instructions "
                  "for each packet above the bare port", size=13)]
    for n, (device, colour) in enumerate(COLOURS.items()):
        x = LEFT + n * 90
        lines += [f'<rect x="{x}" y="30" width="12" height="12" '
                  f'fill="{colour}"/>', text(x + 18, 41, device)]
    y = TOP
    for case, values in cases.items():
        lines.append(text(LEFT - 8, y + ROW * len(values) / 2 + 4, case,
                          "end"))
        for device, value in values.items():
            lines += [f'<rect x="{LEFT}" y="{y}" width="{value * scale:.0f}" '
                      f'height="{ROW - 2}" fill="{COLOURS[device]}"/>',
                      text(LEFT + round(value * scale) + 4, y + ROW - 4,
                           f"{value:.0f}", size=10)]
            y += ROW
        y += GAP
    with open(path, "w") as f:
        f.write('<?xml version="1.0"?>\n'
                "<!-- SPDX-License-Identifier: GPL-2.0 -->\n"
                f'<svg xmlns="http://www.w3.org/2000/svg" '
                f'width="{LEFT + WIDTH + 50}" height="{y}" '
                f'font-family="sans-serif">\n'
                f'<rect width="100%" height="100%" fill="white"/>\n')
        f.write("\n".join(lines) + "\n</svg>\n")
