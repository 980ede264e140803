"""Trees of cheapest paths from link to link when times depend on the moment of entry (Dijkstra; times are FIFO)."""

from __future__ import annotations

from trafficsim.kernels.jit import kernel, part
from trafficsim.kernels.paths.tables import NEVER, NO_HASH, NO_LINK, between, column_of, mixed, part_of


@part
def rises(tree, link, last):
    """Put a link that is cheaper than before where it belongs in the heap; return how many are in it."""
    place = tree.place[link]
    if place < 0:
        place, last = last, last + 1
    while place > 0:
        above = tree.heap[(place - 1) // 2]
        if tree.cost[above] <= tree.cost[link]:
            break
        tree.heap[place], tree.place[above] = above, place
        place = (place - 1) // 2
    tree.heap[place], tree.place[link] = link, place
    return last


@part
def sinks(tree, last):
    """Take the cheapest link out of a heap of ``last + 1``; return it."""
    cheapest, link = tree.heap[0], tree.heap[last]
    tree.place[cheapest] = -1
    place = 0
    while 2 * place + 1 < last:
        child = 2 * place + 1
        if child + 1 < last and tree.cost[tree.heap[child + 1]] < tree.cost[tree.heap[child]]:
            child += 1
        below = tree.heap[child]
        if tree.cost[link] <= tree.cost[below]:
            break
        tree.heap[place], tree.place[below] = below, place
        place = child
    if last > 0:
        tree.heap[place], tree.place[link] = link, place
    return cheapest


@part
def grow(turns, profile, tree, origin, clock):
    """Grow the tree of an origin that is entered at a clock time.

    Of links from which another is reached at the same cost the lowest one counts.
    """
    for link in range(len(tree.cost)):
        tree.cost[link], tree.before[link], tree.place[link] = NEVER, NO_LINK, -1
    tree.cost[origin], tree.clock[origin] = 0, clock
    last = rises(tree, origin, 0)
    while last > 0:
        last -= 1
        link = sinks(tree, last)
        before = tree.before[link]
        if before >= 0:
            tree.hash[link], tree.links[link] = mixed(tree.hash[before], link), tree.links[before] + 1
        else:
            tree.hash[link], tree.links[link] = mixed(NO_HASH, link), 1
        column = column_of(profile, tree.clock[link])
        share = part_of(profile, tree.clock[link], column)
        for turn in range(turns.start[link], turns.start[link + 1]):
            to = turns.to[turn]
            if not turns.open[turn] or tree.cost[to] <= tree.cost[link]:
                continue
            time = max(between(profile.time, turn, column, share, profile.width), 1)
            cost = tree.cost[link] + time
            if profile.extra.shape[1] > 0:
                cost += max(between(profile.extra, turn, column, share, profile.width), 0)
            if cost < tree.cost[to]:
                tree.cost[to], tree.before[to], tree.clock[to] = cost, link, tree.clock[link] + time
                last = rises(tree, to, last)
            elif cost == tree.cost[to] and link < tree.before[to]:
                tree.before[to], tree.clock[to] = link, tree.clock[link] + time


@kernel
def grow_trees(turns, profile, tree, roots, cells, before):
    """Grow trees, note what they say about their cells, and keep the link before each link (trees, links)."""
    for root in range(len(roots.origin)):
        grow(turns, profile, tree, roots.origin[root], roots.clock[root])
        for cell in range(roots.start[root], roots.start[root + 1]):
            target = cells.target[cell]
            cells.cost[cell], cells.hash[cell], cells.links[cell] = tree.cost[target], tree.hash[target], 0
            if tree.cost[target] < NEVER:
                cells.links[cell] = tree.links[target]
        for link in range(len(tree.before)):
            before[root, link] = tree.before[link]


@kernel
def write_paths(before, root, target, start, links):
    """Write the links of paths, from the first to the target: path i to ``links[start[i]:start[i + 1]]``."""
    for path in range(len(root)):
        link = target[path]
        for position in range(start[path + 1] - 1, start[path] - 1, -1):
            links[position] = link
            link = before[root[path], link]
