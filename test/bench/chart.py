# SPDX-License-Identifier: ISC
"""The results as horizontal bars: SVG that is readable in light and dark."""

from xml.sax.saxutils import escape

WIDTH, LABELS, NUMBERS = 860, 150, 64
ROW, BAR, HEAD, GAP = 21, 13, 40, 22

STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif;
       fill: #1f2328 }
.title { font-weight: 600; font-size: 13px }
.unit, .number { fill: #59636e }
.number { font-variant-numeric: tabular-nums }
.ours { font-weight: 600 }
rect { fill: #8c959f }
rect.ours { fill: #0969da }
rect.floor { fill: #2da44e }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .unit, .number { fill: #9198a1 }
  rect { fill: #656c76 }
  rect.ours { fill: #4493f8 }
  rect.floor { fill: #3fb950 }
}
"""

# title, unit, where the value is, factor, digits
PANELS = (
    ("A message of 2 KB", "ms", ("small", "wall"), 1e3, 1),
    ("Its CPU time", "ms", ("small", "cpu"), 1e3, 1),
    ("A large message", "ms", ("large", "wall"), 1e3, 0),
    ("Messages a second, 4 at once", "more is better", ("rate4",), 1, 0),
    ("1 recipient, 50 ms away", "round trips to the 250",
     ("trips1", "accept"), 1, 1),
    ("100 recipients, 50 ms away", "round trips to the 250",
     ("trips100", "accept"), 1, 1),
)


def values(chosen, results, keys):
    for peer in chosen:
        at = results[peer.label]
        for key in keys:
            at = at.get(key) if at is not None else None
        if at is not None:
            yield peer, at


def panel(chosen, results, column, top, what):
    """One group of bars, the best first; returns its lines and height."""
    title, unit, keys, factor, digits = what
    rows = sorted(values(chosen, results, keys), key=lambda row: row[1],
                  reverse=keys[0].startswith("rate"))
    if not rows:
        return [], 0
    wide = WIDTH / 2 - GAP
    longest = wide - LABELS - NUMBERS
    most = max(value for _, value in rows)
    lines = [f'<g transform="translate({column:g} {top:g})">',
             f'<text class="title" x="36" y="14">{escape(title)}'
             f'<tspan class="unit" font-weight="400" dx="8">{escape(unit)}'
             "</tspan></text>"]
    for number, (peer, value) in enumerate(rows):
        y = HEAD - ROW / 2 + number * ROW
        kind = "ours" if peer.ours else \
            "floor" if peer.label == "floor" else "peer"
        size = max(1.0, longest * value / most)
        lines += [
            f'<text class="{kind}" text-anchor="end" x="{LABELS - 8}" '
            f'y="{y + 4:g}">{escape(peer.label)}</text>',
            f'<rect class="{kind}" x="{LABELS}" y="{y - BAR / 2:g}" '
            f'width="{size:.1f}" height="{BAR}" rx="2"/>',
            f'<text class="number" x="{LABELS + size + 6:.1f}" '
            f'y="{y + 4:g}">{value * factor:,.{digits}f}</text>']
    return lines + ["</g>"], HEAD + len(rows) * ROW


def picture(chosen, results, large):
    """large: what the large message is called."""
    panels = [(large if keys[0] == "large" else title, unit, keys, *how)
              for title, unit, keys, *how in PANELS]
    lines, top = [], GAP / 2
    for left in range(0, len(panels), 2):
        heights = []
        for side, what in enumerate(panels[left:left + 2]):
            drawn, height = panel(
                chosen, results, GAP / 2 + side * WIDTH / 2, top, what)
            lines += drawn
            heights.append(height)
        if max(heights):
            top += max(heights) + GAP / 2
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{top:g}" viewBox="0 0 {WIDTH} {top:g}" role="img">',
        "<title>pinmail beside other programs that submit mail</title>",
        f"<style>{STYLE}</style>", *lines, "</svg>", ""])
