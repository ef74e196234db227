// A second opinion for package match: it answers graphs with the matchings of LEMON
// (https://lemon.cs.elte.hu, Boost licence; on Debian the package liblemon-dev), and says how
// much processor time the search alone took, without reading the graph.
//
// For every "max n m" or "perfect n m" on standard input, with m lines "u v weight" behind it,
// there is a line "found pairs weight seconds" on standard output. Nothing is checked: it
// reads what our tests write.
#include <lemon/matching.h>
#include <lemon/smart_graph.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <vector>

using Graph = lemon::SmartGraph;
using Weights = Graph::EdgeMap<long long>;

static double seconds() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static bool search(lemon::MaxWeightedMatching<Graph, Weights>& m) {
  m.run();
  return true;
}

static bool search(lemon::MaxWeightedPerfectMatching<Graph, Weights>& m) { return m.run(); }

template <class Matching>
static void answer(const Graph& graph, const Weights& weights) {
  Matching matching(graph, weights);
  const double begin = seconds();
  const bool found = search(matching);
  const double took = seconds() - begin;
  long long pairs = 0, weight = 0;
  for (Graph::EdgeIt e(graph); found && e != lemon::INVALID; ++e) {
    if (matching.matching(e)) {
      ++pairs;
      weight += weights[e];
    }
  }
  std::printf("%d %lld %lld %.6f\n", found, pairs, weight, took);
  std::fflush(stdout);
}

int main() {
  char mode[16];
  int n, m;
  while (std::scanf("%15s %d %d", mode, &n, &m) == 3) {
    Graph graph;
    graph.reserveNode(n);
    graph.reserveEdge(m);
    std::vector<Graph::Node> nodes;
    for (int v = 0; v < n; ++v) nodes.push_back(graph.addNode());
    Weights weights(graph);
    for (int i = 0; i < m; ++i) {
      int u, v;
      long long weight;
      if (std::scanf("%d %d %lld", &u, &v, &weight) != 3) return 1;
      weights[graph.addEdge(nodes[u], nodes[v])] = weight;
    }
    if (std::strcmp(mode, "perfect") == 0) {
      answer<lemon::MaxWeightedPerfectMatching<Graph, Weights>>(graph, weights);
    } else {
      answer<lemon::MaxWeightedMatching<Graph, Weights>>(graph, weights);
    }
  }
}
