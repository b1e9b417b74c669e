"""Small graphs, classic algorithms."""

import networkx as nx

GRID = nx.grid_2d_graph(9, 9)
RING = nx.cycle_graph(60)
WEB = nx.DiGraph((n, (n * 7 + k) % 50) for n in range(50) for k in (1, 3, 8))
for _number, (_u, _v, _data) in enumerate(GRID.edges(data=True)):
    _data["weight"] = _number % 7 + 1


def shortest_path():
    return nx.shortest_path(GRID, (0, 0), (8, 8), weight="weight")


def spanning_tree():
    return nx.minimum_spanning_tree(GRID).number_of_edges()


def components():
    return sum(1 for _ in nx.strongly_connected_components(WEB))


def betweenness():
    return nx.betweenness_centrality(RING)


def build():
    graph = nx.Graph()
    graph.add_edges_from((n, n * 3 % 200) for n in range(200))
    return graph.number_of_edges()


def breadth_first():
    return list(nx.bfs_edges(GRID, (4, 4)))


def cliques():
    return sum(1 for _ in nx.find_cliques(nx.Graph(WEB)))


def triangles():
    return nx.triangles(nx.Graph(WEB))


def isomorphic():
    return nx.is_isomorphic(RING, RING)


def topological():
    return list(nx.topological_sort(nx.DiGraph((n, m) for n in range(40) for m in (n + 1, n + 3))))
