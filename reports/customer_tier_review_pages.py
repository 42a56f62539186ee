"""Cuts the names of a tier review into pages. No ORM: importable without Odoo.

wkhtmltopdf without Qt patches neither repeats the header of a table nor keeps a row
together, so every page gets a table of its own. Heights in pixels of the stylesheet,
rather too high than too low.
"""

import unicodedata

PAGE = 690  # A4 landscape without its margins
HEAD, ROW, LINE = 52, 18, 13  # title and header of a table; a row; each further line
FRONT, MATRIX_ROW, STRUCTURE_ROW = 235, 34, 21
WIDTHS = (36, 42, 18)  # letters that fit: customer, reason, person


def count_lines(text, width):
    """Return how many lines a text needs; a Chinese sign is as wide as two letters.

    >>> count_lines("Azure Interior", 36), count_lines("金桥建筑工程" * 4, 36)
    (1, 2)
    """
    size = sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text or ""
    )
    return max(1, -(-size // width))


def get_height(texts, extra=0):
    """Return the height of a row from the texts of its wide columns.

    >>> get_height(("Azure", "Days late 7 → 31", "Li Na")), get_height(("", "x" * 43, ""))
    (18, 31)
    """
    lines = [
        count_lines(text, width) for text, width in zip(texts, WIDTHS, strict=True)
    ]
    lines[1] += extra
    return ROW + LINE * (max(lines) - 1)


def get_front_height(matrix_rows, structure_rows):
    """Return what the figures before the names take of the first page."""
    return FRONT + MATRIX_ROW * matrix_rows + STRUCTURE_ROW * structure_rows


def paginate(sections, used):
    """Return pages of (section, rows): no row is cut, no title stands alone.

    :param sections: pairs (section, rows with their height as pairs)
    :param used: what is taken of the first page

    >>> rows = [(name, 200) for name in "abcd"]
    >>> paginate([("up", rows[:1]), ("down", rows[1:])], used=300)
    [[('up', ['a'])], [('down', ['b', 'c', 'd'])]]
    """
    pages = [[]]
    for section, rows in sections:
        current = None
        for row, height in rows:
            needed = height + (HEAD if current is None else 0)
            if used + needed > PAGE and (used or pages[-1]):
                pages.append([])
                current, used, needed = None, 0, height + HEAD
            if current is None:
                current = []
                pages[-1].append((section, current))
            current.append(row)
            used += needed
    return pages
