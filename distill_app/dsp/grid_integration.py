"""Integrates steps between the cells of a grid to values, along the grid's maximum spanning tree.

Steps around a loop of cells seldom sum to zero, so that the way from cell to cell matters. The maximum spanning tree
joins any two cells by the way whose weakest cell is strongest. It is what a heap that always goes on from the strongest
cell finds, but computed for all cells at once: each cell joins its strongest neighbour, then the trees that result join
along their strongest borders (Borůvka 1926).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int32] | NDArray[np.int64]
Weights = NDArray[np.float32]
Values = NDArray[np.float64]
Steps = NDArray[np.float32] | NDArray[np.float64]


@dataclass(eq=False)
class _Trees:
    """Trees of nodes: a node's value is that of its parent plus its offset. A root is its own parent."""

    parent: Cells
    offset: Values

    def flatten(self) -> None:
        """Make every node a child of its root, by doubling what is skipped."""
        while not np.array_equal(above := self.parent[self.parent], self.parent):
            self.offset += self.offset[self.parent]
            self.parent = above


@dataclass(frozen=True, eq=False)
class _Borders:
    """Neighbours of different trees, the weakest first: trees on both sides, and the step between their roots."""

    first: Cells
    second: Cells
    step: Values

    def select(self, wanted: NDArray[np.bool_]) -> "_Borders":
        return _Borders(self.first[wanted], self.second[wanted], self.step[wanted])

    def join(self, trees: _Trees) -> "_Borders":
        """Borders that remain after the trees were joined."""
        step = self.step + trees.offset[self.first] - trees.offset[self.second]
        joined = _Borders(trees.parent[self.first], trees.parent[self.second], step)
        return joined.select(joined.first != joined.second)


def integrate_grid(weights: Weights, down: Steps, right: Steps, known: Values) -> Values:
    """Values `[rows, columns]` of the cells of a grid.

    Args:
        weights: strength of each cell; steps between strong cells are preferred.
        down: step from each cell to the one in the next row, `[rows - 1, columns]`.
        right: step from each cell to the one in the next column, `[rows, columns - 1]`.
        known: values that are known, NaN elsewhere. Where none is, the strongest cell has the value 0.
    """
    fixed = np.flatnonzero(np.isfinite(known))
    start = fixed[0] if len(fixed) else weights.argmax()
    trees = _climb(weights, down, right)
    trees.parent[start], trees.offset[start] = start, 0
    trees.parent[fixed], trees.offset[fixed] = start, known.flat[fixed] - known.flat[start]
    trees.flatten()
    _join_all(trees, weights, down, right, start)
    value = known.flat[start] if len(fixed) else 0.0
    return (trees.offset + value).reshape(weights.shape)


def _climb(weights: Weights, down: Steps, right: Steps) -> _Trees:
    """Trees in which each cell's parent is its strongest neighbour, if that is stronger, else the equal one above."""
    cells = np.arange(weights.size, dtype=np.int32).reshape(weights.shape)
    strongest, parent, offset = weights.copy(), cells.copy(), np.zeros(weights.shape)
    top, bottom, left, rest = np.s_[:-1], np.s_[1:], np.s_[:, :-1], np.s_[:, 1:]
    for cell, neighbour, step in ((bottom, top, down), (top, bottom, -down), (rest, left, right), (left, rest, -right)):
        stronger = weights[neighbour] > strongest[cell]
        if cell is bottom:
            stronger |= weights[neighbour] == strongest[cell]
        np.copyto(strongest[cell], weights[neighbour], where=stronger)
        np.copyto(parent[cell], cells[neighbour], where=stronger)
        np.copyto(offset[cell], step, where=stronger)
    return _Trees(parent.ravel(), offset.ravel())


def _join_all(trees: _Trees, weights: Weights, down: Steps, right: Steps, start: np.intp) -> None:
    """Join all trees to that of the cell `start`."""
    is_root = trees.parent == np.arange(len(trees.parent))
    number_of_root = np.cumsum(is_root, dtype=np.int32) - 1
    number, count, root = number_of_root[trees.parent], int(number_of_root[-1]) + 1, number_of_root[start]
    joined, borders = _Trees(np.arange(count), np.zeros(count)), _borders(trees, number, weights, down, right)
    while len(borders.first):
        joins = _strongest_joins(borders, count, root)
        borders = borders.join(joins)
        joined.offset += joins.offset[joined.parent]
        joined.parent = joins.parent[joined.parent]
    trees.offset += joined.offset[number]


def _borders(trees: _Trees, number: Cells, weights: Weights, down: Steps, right: Steps) -> _Borders:
    """Borders between trees.

    Args:
        number: tree of each cell.
    """
    cells = np.arange(weights.size, dtype=np.int32).reshape(weights.shape)
    first = np.concatenate([cells[:-1].ravel(), cells[:, :-1].ravel()])
    second = np.concatenate([cells[1:].ravel(), cells[:, 1:].ravel()])
    different = number[first] != number[second]
    first, second = first[different], second[different]
    step = np.concatenate([down.ravel(), right.ravel()])[different] + trees.offset[first] - trees.offset[second]
    order = np.argsort(np.minimum(weights.flat[first], weights.flat[second]))
    return _Borders(number[first[order]], number[second[order]], step[order])


def _strongest_joins(borders: _Borders, count: int, root: np.int32) -> _Trees:
    """Join each of `count` trees but `root` along its strongest border; flat."""
    strongest = np.full((2, count), -1)
    rank = np.arange(len(borders.first))
    strongest[0, borders.first], strongest[1, borders.second] = rank, rank  # of equal indices, the last one is kept
    chosen, is_second = strongest.max(0), strongest[1] > strongest[0]
    chosen[root] = -1
    nodes = np.arange(count)
    other = np.where(is_second, borders.first[chosen], borders.second[chosen])
    keeps = (chosen < 0) | ((chosen == chosen[other]) & (nodes < other))
    offset = np.where(is_second, borders.step[chosen], -borders.step[chosen])
    trees = _Trees(np.where(keeps, nodes, other), np.where(keeps, 0.0, offset))
    trees.flatten()
    return trees
