package match

import (
	"slices"

	"pgregory.net/rapid"
)

// adversary draws a graph that somebody would choose who wants the search to fail: one of the
// hard families or two of them side by side, with weights that tie, lie below zero or reach
// the limit, with lonely vertices, the names shuffled, the edges in any order and turned
// either way. It has about most vertices at most.
func adversary(t *rapid.T, most int) Graph {
	names := make([]string, 0, len(families)+len(hostile))
	for name := range families {
		names = append(names, name)
	}
	for name := range hostile {
		names = append(names, name)
	}
	slices.Sort(names)
	r := luck(rapid.Uint64().Draw(t, "luck"))
	g := Graph{}
	for range rapid.IntRange(1, 2).Draw(t, "parts") {
		name := rapid.SampledFrom(names).Draw(t, "family")
		make := families[name]
		if make == nil {
			make = hostile[name]
		}
		n, edges := make(rapid.IntRange(2, most/2).Draw(t, "size"), &r)
		for _, e := range edges {
			g.Edges = append(g.Edges, Edge{e.U + g.N, e.V + g.N, e.Weight})
		}
		g.N += n
	}
	g.N += rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "lonely")
	reweigh(g.Edges, rapid.SampledFrom(temptations).Draw(t, "weights"), &r)
	dice := chance(r)
	names2 := dice.shuffled(g.N)
	for i, e := range g.Edges {
		g.Edges[i].U, g.Edges[i].V = names2[e.U], names2[e.V]
		if r.below(2) == 0 {
			g.Edges[i].U, g.Edges[i].V = names2[e.V], names2[e.U]
		}
	}
	mixed := make([]Edge, len(g.Edges))
	for i, k := range dice.shuffled(len(mixed)) {
		mixed[i] = g.Edges[k]
	}
	g.Edges = mixed
	return g
}

// temptations are what may be done to weights.
var temptations = []string{"as they are", "opposite", "all equal", "all below zero", "odd or even", "at the limit", "huge steps", "huge and near"}

func reweigh(edges []Edge, how string, r *luck) {
	for i := range edges {
		w := &edges[i].Weight
		switch how {
		case "opposite":
			*w = -*w
		case "all equal":
			*w = 3
		case "all below zero":
			*w = min(*w, -*w) - 1
		case "odd or even":
			*w &= 1
		case "at the limit":
			*w = MostWeight * int64(r.below(3)-1)
		case "huge steps":
			*w = MostWeight / 7 * (*w % 7)
		case "huge and near":
			*w = MostWeight - *w&7
		}
	}
}

// hostile are more families, not all of them quick to solve when large.
var hostile = map[string]family{
	"no edges": func(n int, _ *luck) (int, []Edge) { return n - 2, nil },
	"all with all, few weights": func(n int, r *luck) (int, []Edge) {
		return dense(n, func(_, _ int) int64 { return int64(r.below(4) - 1) })
	},
	"all with all, products": func(n int, _ *luck) (int, []Edge) {
		return dense(n, func(u, v int) int64 { return int64((u + 1) * (v + 1)) })
	},
	"all with all, distances": func(n int, r *luck) (int, []Edge) {
		at := make([]int64, n)
		for i := range at {
			at[i] = int64(r.below(4 * n))
		}
		return dense(n, func(u, v int) int64 { return max(at[u]-at[v], at[v]-at[u]) })
	},
	"two sides that differ by one": func(n int, r *luck) (int, []Edge) {
		var edges []Edge
		for u := range n / 2 {
			for v := n / 2; v < n; v++ {
				if r.below(3) > 0 {
					edges = append(edges, Edge{u, v, int64(r.below(12))})
				}
			}
		}
		return n, edges
	},
	"odd rings of odd rings":   rings(3),
	"rings of five":            rings(5),
	"a flower of triangles":    flower,
	"stems with heavy flowers": stems,
}

func dense(n int, weight func(u, v int) int64) (int, []Edge) {
	var edges []Edge
	for u := range n {
		for v := range u {
			edges = append(edges, Edge{v, u, weight(u, v)})
		}
	}
	return n, edges
}

// rings starts with one vertex and again and again puts an odd ring in the place of one, in
// which each edge of before finds an end by chance. Newer edges are heavier, so that all of
// them shrink to blossoms, the newest first; some chords try to break them open.
func rings(length int) family {
	return func(n int, r *luck) (int, []Edge) {
		if n == 0 {
			return 0, nil
		}
		vertices, edges, heavy := 1, []Edge{}, int64(1)
		for vertices+length-1 <= n {
			center, ring := r.below(vertices), []int(nil)
			for k := range length {
				ring = append(ring, vertices+k-1)
			}
			ring[0] = center
			for i, e := range edges {
				if e.U == center {
					edges[i].U = ring[r.below(length)]
				} else if e.V == center {
					edges[i].V = ring[r.below(length)]
				}
			}
			heavy += int64(r.below(4))
			for k := range length {
				edges = append(edges, Edge{ring[k], ring[(k+1)%length], heavy})
			}
			vertices += length - 1
		}
		edges = append(edges, Edge{vertices, r.below(vertices), heavy / 2}, Edge{vertices + 1, r.below(vertices), heavy/2 + 1})
		return vertices + 2, edges
	}
}

// flower is triangles around one vertex.
func flower(n int, r *luck) (int, []Edge) {
	var edges []Edge
	for v := 1; v+1 < n; v += 2 {
		w := int64(r.below(5))
		edges = append(edges, Edge{0, v, w}, Edge{0, v + 1, w + int64(r.below(2))}, Edge{v, v + 1, w})
	}
	return n, edges
}

// stems are paths that end in rings of five, some of them joined at the other end.
func stems(n int, r *luck) (int, []Edge) {
	var edges []Edge
	for a := 0; a+8 <= n; a += 8 {
		for k := range 7 {
			edges = append(edges, Edge{a + k, a + k + 1, int64(8 + k%2*2 + r.below(2))})
		}
		edges = append(edges, Edge{a + 3, a + 7, int64(8 + r.below(3))})
		if a >= 8 && r.below(2) == 0 {
			edges = append(edges, Edge{a - 8, a, int64(7 + r.below(4))})
		}
	}
	return n, edges
}
