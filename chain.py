"""Who stands above whom in a decision chain: arithmetic without ``env``.

A person may hold several roles, one row each, and report to somebody by any of them.
What people see is one box per person, so rows are folded here, in one place.
"""


def find_parents(rows, current):
    """Return the person above each person of a chain, None at the top.

    :param rows: by row id ``(person, id of the row above or None)``, ended rows too
    :param current: ids of the rows that count on the day, in the order to show

    Where the person above has left, the one above him takes his place. A link that
    would put somebody above himself does not count; only a merge or a raw statement
    leaves one behind.

    >>> rows = {1: ("boss", None), 2: ("left", 1), 3: ("user", 2), 4: ("user", None)}
    >>> find_parents(rows, [1, 3, 4])
    {'boss': None, 'user': 'boss'}
    >>> find_parents({1: ("a", 2), 2: ("b", 1)}, [1, 2])
    {'a': 'b', 'b': None}
    """
    links = link_people(rows, current)
    closing = find_closing(links)
    parents = {}
    for row_id, (person, above) in links.items():
        above = None if row_id in closing else above
        parents[person] = parents.get(person) or above
    return parents


def link_people(rows, current):
    """Return the person of each row of the day and the next other person above him.

    >>> link_people({1: ("a", None), 2: ("a", 1), 3: ("b", 2)}, [1, 2, 3])
    {1: ('a', None), 2: ('a', None), 3: ('b', 'a')}
    """
    people = {rows[row_id][0] for row_id in current}
    return {
        row_id: (rows[row_id][0], _climb(rows, row_id, people)) for row_id in current
    }


def _climb(rows, row_id, people):
    """Return the next other person of the day above a row, None at the top."""
    person, above = rows[row_id]
    seen = {row_id}
    while above in rows and above not in seen:
        seen.add(above)
        found, next_above = rows[above]
        if found != person and found in people:
            return found
        above = next_above
    return None


def find_closing(links):
    """Return the ids of links that would close a loop, taken in their order.

    :param links: by row id ``(person, person above or None)``

    >>> find_closing({1: ("a", "b"), 2: ("b", "c"), 3: ("c", "a"), 4: ("d", "a")})
    {3}
    >>> find_closing({1: ("a", "a")})
    {1}
    """
    above_of, closing = {}, set()
    for row_id, (person, above) in links.items():
        if above is None:
            continue
        if _reaches(above_of, above, person):
            closing.add(row_id)
        else:
            above_of.setdefault(person, set()).add(above)
    return closing


def _reaches(above_of, start, goal):
    waiting, seen = [start], set()
    while waiting:
        person = waiting.pop()
        if person == goal:
            return True
        if person not in seen:
            seen.add(person)
            waiting.extend(above_of.get(person, ()))
    return False


def get_depths(parents):
    """Return the number of people above each person; parents must have no loop.

    >>> get_depths({"boss": None, "head": "boss", "user": "head"})
    {'boss': 0, 'head': 1, 'user': 2}
    """
    depths = {}
    for person in parents:
        path = []
        while person is not None and person not in depths:
            path.append(person)
            person = parents.get(person)
        depth = -1 if person is None else depths[person]
        for step in reversed(path):
            depth += 1
            depths[step] = depth
    return {person: depths[person] for person in parents}


def order_tree(parents):
    """Return the people from top to bottom, each followed by those below him.

    >>> order_tree({"user": "boss", "other": None, "boss": None, "head": "boss"})
    ['other', 'boss', 'user', 'head']
    """
    below = {}
    for person, parent in parents.items():
        below.setdefault(parent, []).append(person)
    ordered, waiting = [], below.get(None, [])[::-1]
    while waiting:
        person = waiting.pop()
        ordered.append(person)
        waiting.extend(below.get(person, [])[::-1])
    return ordered
