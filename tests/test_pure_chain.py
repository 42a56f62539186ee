import doctest
import random

from odoo.tests import BaseCase, tagged

from .. import chain


@tagged("post_install", "-at_install")
class TestPureChain(BaseCase):
    """Who stands above whom, without a database."""

    def test_examples_of_the_module_hold(self):
        result = doctest.testmod(chain)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    def test_two_hundred_people_in_one_line_need_no_recursion(self):
        rows = {number: (number, number - 1 or None) for number in range(1, 2001)}
        parents = chain.find_parents(rows, list(rows))
        self.assertEqual(chain.get_depths(parents)[2000], 1999)
        self.assertEqual(chain.order_tree(parents)[:3], [1, 2, 3])

    def test_any_tangle_shows_everybody_once_and_nobody_above_himself(self):
        source = random.Random(20261121)
        for _round in range(300):
            size = source.randint(1, 12)
            rows = {
                number: (
                    source.randint(1, 5),
                    source.choice([None, *range(1, size + 1)]),
                )
                for number in range(1, size + 1)
            }
            current = sorted(source.sample(list(rows), source.randint(1, size)))
            parents = chain.find_parents(rows, current)
            people = {rows[number][0] for number in current}
            self.assertEqual(set(parents), people)
            self.assertEqual(sorted(chain.order_tree(parents)), sorted(people))
            for person in people:
                above, steps = parents[person], 0
                while above is not None:
                    above, steps = parents[above], steps + 1
                    self.assertLess(steps, 6)
