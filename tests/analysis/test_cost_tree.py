from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.analysis.cost_tree import REST, product_difference, shapley_product, tree_difference
from effektiv.types import CostTree, Product

NAN = float("nan")
TREE = CostTree(parent="P", children=("A", "B", "C"))
factor_values = st.floats(0.01, 1000.0)


def values(rows: dict[str, list[float]], columns: str = "PABC") -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns), dtype=float)


class TestTree:
    def test_by_hand_with_a_rest(self):
        frame = values({"i": [100, 60, 20, 15], "a": [90, 50, 25, 15], "b": [80, 50, 15, 10]})
        result = tree_difference(TREE, frame, "i", ["a", "b"])
        assert result.rows.index.tolist() == ["A", "B", "C", REST, "P"]
        assert result.rows["own"].tolist() == [60, 20, 15, 5, 100]
        assert result.rows["comparator"].tolist() == [50, 20, 12.5, 2.5, 85]
        assert result.rows["difference"].tolist() == [10, 0, 2.5, 2.5, 15]
        assert result.rows["share_pct"].tolist() == pytest.approx([1000 / 15, 0, 250 / 15, 250 / 15, 100])
        assert result.peers == ("a", "b")
        assert result.left_out == ()

    def test_peer_without_all_children_is_left_out(self):
        frame = values({"i": [9, 3, 3, 3], "a": [6, 2, 2, 2], "b": [60, 20, 20, NAN], "c": [6, 2, 2, 2]})
        result = tree_difference(TREE, frame, "i", ["a", "b", "c"])
        assert result.peers == ("a", "c")
        assert result.rows.loc["P", "comparator"] == 6.0

    def test_child_the_municipality_lacks_goes_into_the_rest_on_both_sides(self):
        frame = values({"i": [9, 3, 3, NAN], "a": [6, 2, 2, 2]})
        result = tree_difference(TREE, frame, "i", ["a"])
        assert result.left_out == ("C",)
        assert result.rows.loc[REST, ["own", "comparator"]].tolist() == [3.0, 2.0]

    def test_child_most_peers_lack_goes_into_the_rest(self):
        frame = values({"i": [9, 3, 3, 3], "a": [6, 2, 2, 2], "b": [6, 2, 2, NAN], "c": [6, 2, 2, NAN]})
        result = tree_difference(TREE, frame, "i", ["a", "b", "c"])
        assert result.left_out == ("C",)
        assert result.peers == ("a", "b", "c")

    def test_equal_parents_have_no_shares(self):
        frame = values({"i": [9, 3, 3, 3], "a": [9, 4, 2, 3]})
        result = tree_difference(TREE, frame, "i", ["a"])
        assert result.rows["share_pct"].isna().all()
        assert result.rows["difference"].tolist() == [-1, 1, 0, 0, 0]

    def test_never_compared_with_itself(self):
        frame = values({"i": [9, 3, 3, 3], "a": [6, 2, 2, 2]})
        assert tree_difference(TREE, frame, "i", ["i", "a", "zz"]).peers == ("a",)

    @pytest.mark.parametrize(
        "frame",
        [
            values({"i": [NAN, 3, 3, 3], "a": [6, 2, 2, 2]}),
            values({"i": [9, NAN, NAN, NAN], "a": [6, 2, 2, 2]}),
            values({"i": [9, 3, 3, 3], "a": [NAN, 2, 2, 2]}),
            values({"a": [6, 2, 2, 2]}),
            values({"i": [9, 3], "a": [6, 2]}, "XY"),
        ],
    )
    def test_nothing_to_compare(self, frame):
        assert tree_difference(TREE, frame, "i", ["a"]) is None

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.lists(st.floats(0, 1e6), min_size=4, max_size=4), min_size=2, max_size=9))
    def test_children_and_rest_sum_to_the_parent(self, rows):
        frame = values({f"{i:04d}": row for i, row in enumerate(rows)})
        result = tree_difference(TREE, frame, "0000", list(frame.index[1:]))
        parts = result.rows.drop(index="P")[["own", "comparator", "difference"]].sum()
        whole = result.rows.loc["P", ["own", "comparator", "difference"]]
        assert (parts - whole).abs().max() <= 1e-9 * max(1.0, frame.to_numpy().max())


class TestShapley:
    def test_two_factors_are_the_mean_of_both_orders(self):
        parts = shapley_product({"p": 3.0, "q": 5.0}, {"p": 2.0, "q": 4.0})
        assert parts == {"p": (3 - 2) * (5 + 4) / 2, "q": (5 - 4) * (3 + 2) / 2}

    def test_three_factors_by_hand(self):
        # From (1, 1, 1) to (2, 3, 4): known closed form of the Shapley value of a product.
        parts = shapley_product({"x": 2.0, "y": 3.0, "z": 4.0}, {"x": 1.0, "y": 1.0, "z": 1.0})
        x = (2 - 1) * (2 * 1 * 1 + 3 * 1 + 1 * 4 + 2 * 3 * 4) / 6
        assert parts["x"] == pytest.approx(x)
        assert sum(parts.values()) == pytest.approx(23.0)

    def test_unchanged_factor_has_no_part(self):
        assert shapley_product({"p": 2.0, "q": 5.0}, {"p": 2.0, "q": 4.0})["p"] == 0.0

    def test_order_of_the_factors_does_not_matter(self):
        one = shapley_product({"a": 2.0, "b": 3.0, "c": 5.0}, {"a": 1.0, "b": 4.0, "c": 2.0})
        other = shapley_product({"c": 5.0, "a": 2.0, "b": 3.0}, {"b": 4.0, "c": 2.0, "a": 1.0})
        assert one == pytest.approx(other)

    def test_missing(self):
        assert np.isnan(list(shapley_product({"p": NAN, "q": 5.0}, {"p": 2.0, "q": 4.0}).values())).all()

    @pytest.mark.parametrize(
        ("own", "comparator"), [({}, {}), ({"a": 1.0}, {"b": 1.0}), (dict.fromkeys("abcde", 1.0),) * 2]
    )
    def test_bad_factors(self, own, comparator):
        with pytest.raises(ValueError, match="factors"):
            shapley_product(own, comparator)

    @settings(max_examples=50, deadline=None)
    @given(
        st.lists(st.tuples(factor_values, factor_values), min_size=1, max_size=4),
        st.sampled_from([0.01, 1, 12]),
    )
    def test_parts_sum_and_have_the_sign_of_the_change(self, pairs, factor):
        own = {str(i): pair[0] for i, pair in enumerate(pairs)}
        comparator = {str(i): pair[1] for i, pair in enumerate(pairs)}
        parts = shapley_product(own, comparator, factor)
        products = factor * np.prod(list(own.values())), factor * np.prod(list(comparator.values()))
        assert sum(parts.values()) == pytest.approx(products[0] - products[1], abs=1e-9 * max(1.0, *products))
        for name, part in parts.items():
            assert part == 0 or np.sign(part) == np.sign(own[name] - comparator[name])

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(factor_values, factor_values), min_size=2, max_size=4))
    def test_swapping_sides_turns_the_parts(self, pairs):
        own = {str(i): pair[0] for i, pair in enumerate(pairs)}
        comparator = {str(i): pair[1] for i, pair in enumerate(pairs)}
        there, back = shapley_product(own, comparator), shapley_product(comparator, own)
        largest = max(1.0, np.prod(list(own.values())), np.prod(list(comparator.values())))
        for name in own:
            assert there[name] == pytest.approx(-back[name], abs=1e-9 * largest)


class TestProduct:
    product = Product(label="", result="R", factor=0.01, factors=("share", "cost"))

    def test_exact_product_has_no_rest(self):
        frame = pd.DataFrame(
            {"share": [10.0, 8.0, 9.0], "cost": [300.0, 250.0, 280.0]}, index=["i", "a", "b"]
        ).assign(R=lambda table: 0.01 * table["share"] * table["cost"])
        result = product_difference(self.product, frame, "i", ["a", "b"])
        assert result.rest == pytest.approx(0.0, abs=1e-9)
        assert result.factors["part"].sum() == pytest.approx(result.difference, abs=1e-9)
        assert result.comparator == pytest.approx(np.sqrt(0.01 * 8 * 250 * 0.01 * 9 * 280))
        assert result.peers == ("a", "b")

    def test_approximate_product_shows_its_rest(self):
        frame = pd.DataFrame(
            {"share": [10.0, 8.0], "cost": [300.0, 250.0], "R": [33.0, 21.0]}, index=["i", "a"]
        )
        result = product_difference(self.product, frame, "i", ["a"])
        assert result.difference == pytest.approx(12.0)
        assert result.factors["part"].sum() == pytest.approx(30.0 - 20.0)
        assert result.rest == pytest.approx(2.0)

    def test_only_positive_complete_rows(self):
        frame = pd.DataFrame(
            {"share": [10.0, 8.0, 0.0, NAN], "cost": [300.0] * 4, "R": [30.0, 24.0, 1.0, 1.0]},
            index=list("iabc"),
        )
        assert product_difference(self.product, frame, "i", list("abc")).peers == ("a",)
        assert product_difference(self.product, frame, "b", ["a"]) is None
        assert product_difference(self.product, frame, "i", ["b", "c"]) is None
        assert product_difference(self.product, frame, "zz", ["a"]) is None
        assert product_difference(self.product, frame[["R"]], "i", ["a"]) is None


class TestNested:
    """Sums whose children are products: the parts and factors sum to the whole, however deep it is divided."""

    cells = st.tuples(factor_values, factor_values)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=5), cells)
    def test_factors_of_children_sum_to_the_parent_against_one_other(self, children, rest):
        names = [f"c{i}" for i in range(len(children))]
        products = {
            side: [float(np.prod([pair[at] for pair in child])) for child in children]
            for at, side in enumerate("ia")
        }
        frame = values(
            {side: [sum(products[side]) + rest[at], *products[side]] for at, side in enumerate("ia")},
            ["P", *names],  # type: ignore[arg-type]
        )
        split = tree_difference(CostTree(parent="P", children=tuple(names)), frame, "i", ["a"]).rows
        parts = [
            part
            for child in children
            for part in shapley_product(
                {str(at): pair[0] for at, pair in enumerate(child)},
                {str(at): pair[1] for at, pair in enumerate(child)},
            ).values()
        ]
        largest = max(1.0, *frame.to_numpy().ravel())
        whole = split.loc["P", "difference"]
        assert sum(parts) + split.loc[REST, "difference"] == pytest.approx(whole, abs=1e-9 * largest)
        assert split.loc[REST, "difference"] == pytest.approx(rest[0] - rest[1], abs=1e-9 * largest)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(cells, min_size=1, max_size=4), st.floats(0.1, 10.0))
    def test_a_constant_in_front_scales_every_part(self, pairs, factor):
        own = {str(i): pair[0] for i, pair in enumerate(pairs)}
        comparator = {str(i): pair[1] for i, pair in enumerate(pairs)}
        plain, scaled = shapley_product(own, comparator), shapley_product(own, comparator, factor)
        largest = max(1.0, factor) * max(1.0, np.prod(list(own.values())), np.prod(list(comparator.values())))
        for name in own:
            assert scaled[name] == pytest.approx(factor * plain[name], abs=1e-9 * largest)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(cells, min_size=2, max_size=4))
    def test_product_difference_leaves_no_rest_of_an_exact_product(self, pairs):
        names = [f"f{i}" for i in range(len(pairs))]
        frame = pd.DataFrame(
            {name: list(pair) for name, pair in zip(names, pairs, strict=True)}, index=["i", "a"]
        )
        frame["R"] = frame.prod(axis=1)
        result = product_difference(Product(label="", result="R", factors=tuple(names)), frame, "i", ["a"])
        assert result.rest == pytest.approx(0.0, abs=1e-9 * max(1.0, frame["R"].max()))
        assert result.factors["part"].sum() == pytest.approx(
            result.difference, abs=1e-9 * frame["R"].max() + 1e-9
        )
