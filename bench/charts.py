"""Two charts of the results, as SVG."""
import math
from html import escape

from report import contestants

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
WIDTH, LEFT, RIGHT, LINE, TOP = 760, 232, 30, 20, 64


class Chart:
    """Lines from top to bottom over an axis from left to right."""

    def __init__(self, title, lines, ticks, place, head=0):
        self.place, self.top, self.height = place, TOP + head, TOP + head + LINE * lines + 28
        self.parts = [f'<text x="16" y="26" font-size="15" font-weight="bold">{escape(title)}</text>']
        bottom = self.top + LINE * lines
        for value, label in ticks:
            x, color = self.x(value), "#888" if value == 1 else "#ddd"
            self.parts.append(f'<path d="M{x:.1f} {self.top}V{bottom}" stroke="{color}"/>')
            self.text(x, bottom + 18, label, "middle")

    def x(self, value):
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(self.place(value), 0), 1)

    def y(self, line):
        return self.top + LINE * (line + 0.5)

    def text(self, x, y, words, anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>')

    def name(self, line, words):
        self.text(LEFT - 12, self.y(line) + 4, words, "end")

    def dot(self, x, y, color, what):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{color}"><title>{escape(what)}</title></circle>')

    def key(self, i, words, color):
        x, y = 22 + 245 * (i % 3), 46 + 18 * (i // 3)
        self.dot(x, y, color, words)
        self.text(x + 10, y + 4, words)

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{self.height}" '
                f'viewBox="0 0 {WIDTH} {self.height}" font-family="sans-serif" font-size="12">'
                f'<rect width="100%" height="100%" fill="#fff"/>{"".join(self.parts)}</svg>\n')


def title_of(row):
    return f"{row['operation']} {row['shape']}, batch {row['batch']}"


def relative(rows):
    """Each contestant's time in times of ours, over a logarithmic axis."""
    shown = [("step", "64-32-10", 1), ("step", "64-32-10", 32), ("step", "784-128-10", 1), ("step", "784-128-10", 128),
             ("forward", "784-128-10", 1), ("epoch", "784-128-10", 128)]
    rows = [row for row in rows if (row["operation"], row["shape"], row["batch"]) in shown]
    ours, peers = contestants(rows)
    names = ours[1:] + peers
    ticks = [(value, f"{value:g}×") for value in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)]
    chart = Chart("Time in times of the library's, called from C: to the right is slower", len(names), ticks,
                  lambda value: math.log(value / 0.4) / math.log(2500 / 0.4), head=10)
    for i, row in enumerate(rows):
        chart.key(i, title_of(row), COLORS[i])
        for line, name in enumerate(names):
            if name in row["ratio"]:
                chart.dot(chart.x(row["ratio"][name]), chart.y(line), COLORS[i],
                          f"{title_of(row)}: {name} {row['ratio'][name]:.2f}×")
    for line, name in enumerate(names):
        chart.name(line, name)
    return chart.svg()


def fraction(rows):
    """Bars of what share of the limit is reached, and a dot where the fastest peer is."""
    rows = [row for row in rows if "limit" in row]
    ours, peers = contestants(rows)
    last = max(1, *(row["fraction"][ours[0]] for row in rows))
    chart = Chart("Share of the core's limit: the library called from C", len(rows),
                  [(fifth / 5, f"{fifth * 20} %") for fifth in range(int(5 * last) + 1)], lambda value: value / last)
    chart.key(0, f"the library ({ours[0]})", COLORS[0])
    chart.key(1, "the fastest of the others", COLORS[1])
    for line, row in enumerate(rows):
        x = chart.x(row["fraction"][ours[0]])
        chart.name(line, title_of(row))
        chart.parts.append(f'<rect x="{LEFT}" y="{chart.y(line) - 7:.1f}" width="{x - LEFT:.1f}" height="14" '
                           f'fill="{COLORS[0]}"><title>{row["fraction"][ours[0]]:.1%}</title></rect>')
        others = {name: row["fraction"][name] for name in peers if name in row["fraction"]}
        if others:
            name = max(others, key=others.get)
            chart.dot(chart.x(others[name]), chart.y(line), COLORS[1], f"{name} {others[name]:.1%}")
    return chart.svg()
