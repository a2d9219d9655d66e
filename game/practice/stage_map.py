"""The practice game's stage map: which stages are on which page, and where their nodes are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from game.characters.catalogue import Catalogue
from game.levels.stage import Stage, load_stage, shipped_stages
from game.practice.layout import Scale, Spot

PAGE_SWIPE = 120.0
"""Pixels at 720p that a swipe has to cover horizontally to turn the page."""
ON_A_PAGE = 12
"""Stages on one page of the map."""
ON_A_LINE = 5
"""Up to this many stages stand on one line; more of them stand in rows of four."""


class StageMap:
    """The stages, the page of the map that is open, and the stage chosen last."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)
        self.chosen = self.stages[0]
        self.page = 0

    @property
    def pages(self) -> int:
        """How many pages the map has."""
        return math.ceil(len(self.stages) / ON_A_PAGE)

    def shown(self) -> tuple[Stage, ...]:
        """The stages on the open page."""
        first = self.page * ON_A_PAGE
        return self.stages[first : first + ON_A_PAGE]

    def nodes(self) -> list[Spot]:
        """The nodes of the stages on the open page, in the order of `shown`."""
        return nodes_of(len(self.stages), self.page)

    def open_page_of_chosen(self) -> None:
        """Open the page with the stage chosen last."""
        self.page = self.stages.index(self.chosen) // ON_A_PAGE

    def swipe(self, right: float, scale: Scale) -> None:
        """Turn the page after a swipe of `right` pixels: to the left (below 0) for the next page, else the previous."""
        if abs(right) >= PAGE_SWIPE * scale.factor:
            page = self.page + (1 if right < 0 else -1)
            self.page = min(max(page, 0), self.pages - 1)

    def choose(self, x: float, y: float, scale: Scale) -> bool:
        """Choose the stage whose node is at a pixel; False if there is no node."""
        for stage, node in zip(self.shown(), self.nodes(), strict=True):
            if scale.hits(node, x, y):
                self.chosen = stage
                return True
        return False


def stages_on_map(chosen: Stage, catalogue: Catalogue) -> list[Stage]:
    """All shipped stages from easy to hard; `chosen` replaces the stage with its code, or comes first."""
    shipped = [load_stage(name, catalogue) for name in shipped_stages()]
    if chosen.code not in [stage.code for stage in shipped]:
        return [chosen, *shipped]
    return [chosen if stage.code == chosen.code else stage for stage in shipped]


def nodes_of(stages: int, page: int) -> list[Spot]:
    """The nodes on one page of the map of `stages` stages: on one line, or in rows of four where there are many."""
    count = min(stages - page * ON_A_PAGE, ON_A_PAGE)
    if stages > ON_A_LINE:
        return [_node_in_rows(index) for index in range(count)]
    return [Spot(260 + 760 * (index + 0.5) / count - 70, 300 + 90 * (-1) ** index, 150, 44) for index in range(count)]


def _node_in_rows(index: int) -> Spot:
    """One node of a page in rows of four; every second row runs from right to left, so that the road is one line."""
    row, col = divmod(index, 4)
    return Spot(235 + 230 * (col if row % 2 == 0 else 3 - col), 150 + 150 * row, 150, 44)
