//! Directed graphs: cycles, what can be reached, and what a random wiring of the same degrees would reach.
//!
//! ```text
//!   0 ──▶ 1 ──▶ 2          components  {0,1,2} {3} {4}      reach of 3: {3,4}
//!   ▲─────┴─────┘          largest 3 of 5                   closure has 3·4 + 2 + 1 = 15 of 25 pairs
//!   2 ──▶ 4 ◀── 3
//! ```
//!
//! Everything is iterative: a chain of a hundred thousand files is no deeper than a short one.

/// A directed graph over `0..nodes`, by who is named.
#[derive(Clone, Debug)]
pub struct Graph {
    first: Vec<u32>,
    to: Vec<u32>,
}

impl Graph {
    /// A graph of so many nodes; `edges` need no order, those that occur twice count once.
    pub fn new(nodes: usize, edges: &[(u32, u32)]) -> Self {
        let mut edges = edges.to_vec();
        edges.sort_unstable();
        edges.dedup();
        let mut first = vec![0u32; nodes + 1];
        for &(from, _) in &edges {
            first[from as usize + 1] += 1;
        }
        for at in 0..nodes {
            first[at + 1] += first[at];
        }
        Self { first, to: edges.into_iter().map(|(_, to)| to).collect() }
    }

    /// How many nodes.
    pub fn nodes(&self) -> usize {
        self.first.len() - 1
    }

    /// How many edges.
    pub fn edges(&self) -> usize {
        self.to.len()
    }

    /// Whom a node names, in order.
    pub fn successors(&self, node: u32) -> &[u32] {
        &self.to[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
}

/// Which component each node is in. Components are numbered so that an edge never leads to a higher number.
#[derive(Clone, Debug)]
pub struct Components {
    /// The component of each node.
    pub of: Vec<u32>,
    /// The nodes of each component, sorted.
    pub members: Vec<Vec<u32>>,
}

/// Strongly connected components (Tarjan 1972, without recursion).
pub fn components(graph: &Graph) -> Components {
    const NEW: u32 = u32::MAX;
    let nodes = graph.nodes();
    let (mut index, mut low) = (vec![NEW; nodes], vec![0u32; nodes]);
    let mut of = vec![NEW; nodes];
    let (mut stack, mut members): (Vec<u32>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
    let mut next = 0;
    // Each call that would be: a node, and how many of its successors are done.
    let mut calls: Vec<(u32, usize)> = Vec::new();
    for root in 0..nodes as u32 {
        if index[root as usize] != NEW {
            continue;
        }
        calls.push((root, 0));
        while let Some((node, done)) = calls.pop() {
            let at = node as usize;
            if done == 0 {
                (index[at], low[at]) = (next, next);
                next += 1;
                stack.push(node);
            } else {
                let before = graph.successors(node)[done - 1] as usize;
                // A successor that was left for good is in a component of its own.
                if of[before] == NEW {
                    low[at] = low[at].min(low[before]);
                }
            }
            let mut deeper = None;
            for (number, &other) in graph.successors(node).iter().enumerate().skip(done) {
                if index[other as usize] == NEW {
                    deeper = Some((number, other));
                    break;
                }
                if of[other as usize] == NEW {
                    low[at] = low[at].min(index[other as usize]);
                }
            }
            if let Some((number, other)) = deeper {
                calls.push((node, number + 1));
                calls.push((other, 0));
                continue;
            }
            if low[at] == index[at] {
                let from = stack.iter().rposition(|&one| one == node).unwrap_or(0);
                let mut own = stack.split_off(from);
                own.sort_unstable();
                own.iter().for_each(|&one| of[one as usize] = members.len() as u32);
                members.push(own);
            }
        }
    }
    Components { of, members }
}

/// How many nodes each node reaches, itself among them, and how many reach it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Nodes reached from each node.
    pub forward: Vec<f64>,
    /// Nodes that reach each node.
    pub backward: Vec<f64>,
}

impl Reach {
    /// The density of the transitive closure, the diagonal included, in 0..=1; `None` without nodes.
    pub fn density(&self) -> Option<f64> {
        let nodes = self.forward.len() as f64;
        (nodes > 0.0).then(|| self.forward.iter().sum::<f64>() / (nodes * nodes))
    }
}

/// The transitive closure over components as rows of bits, some columns at a time so that memory stays bounded.
pub fn reach(graph: &Graph, components: &Components) -> Reach {
    const COLUMNS: usize = 4096;
    const WORDS: usize = COLUMNS / 64;
    let count = components.members.len();
    let sizes: Vec<f64> = components.members.iter().map(|members| members.len() as f64).collect();
    let below = condensed(graph, components);
    let (mut forward, mut backward) = (vec![0.0; count], vec![0.0; count]);
    let mut rows = vec![0u64; count * WORDS];
    for begin in (0..count).step_by(COLUMNS) {
        let end = (begin + COLUMNS).min(count);
        rows.fill(0);
        // Edges lead to lower numbers: whatever a component names is settled before it.
        for one in begin..count {
            if one < end {
                rows[one * WORDS + (one - begin) / 64] |= 1 << ((one - begin) % 64);
            }
            for &other in &below[one] {
                let (lower, upper) = rows.split_at_mut(one * WORDS);
                let from = &lower[other as usize * WORDS..(other as usize + 1) * WORDS];
                upper[..WORDS].iter_mut().zip(from).for_each(|(into, from)| *into |= from);
            }
            for (word, &bits) in rows[one * WORDS..(one + 1) * WORDS].iter().enumerate() {
                let mut bits = bits;
                while bits != 0 {
                    let column = begin + word * 64 + bits.trailing_zeros() as usize;
                    forward[one] += sizes[column];
                    backward[column] += sizes[one];
                    bits &= bits - 1;
                }
            }
        }
    }
    let spread = |of_component: &[f64]| components.of.iter().map(|&one| of_component[one as usize]).collect();
    Reach { forward: spread(&forward), backward: spread(&backward) }
}

/// The components each component names, without itself.
fn condensed(graph: &Graph, components: &Components) -> Vec<Vec<u32>> {
    let mut below: Vec<Vec<u32>> = vec![Vec::new(); components.members.len()];
    for node in 0..graph.nodes() as u32 {
        let own = components.of[node as usize];
        let others = graph.successors(node).iter().map(|&to| components.of[to as usize]);
        below[own as usize].extend(others.filter(|&other| other != own));
    }
    for others in &mut below {
        others.sort_unstable();
        others.dedup();
    }
    below
}

/// A shortest cycle through a node within its component, the node first; empty when it is in none.
pub fn shortest_cycle(graph: &Graph, components: &Components, start: u32) -> Vec<u32> {
    let own = components.of[start as usize];
    let mut before: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &other in graph.successors(node) {
            if other == start {
                let mut cycle = vec![node];
                let mut at = node;
                while at != start {
                    at = before[&at];
                    cycle.push(at);
                }
                cycle.reverse();
                return cycle;
            }
            if components.of[other as usize] == own && !before.contains_key(&other) {
                before.insert(other, node);
                queue.push_back(other);
            }
        }
    }
    Vec::new()
}

/// The same number of names in and out of every node, wired at random: ten swaps of ends an edge (Maslov and Sneppen
/// 2002), decided by `seed` alone.
pub fn rewired(graph: &Graph, seed: u64) -> Graph {
    let mut edges: Vec<(u32, u32)> = (0..graph.nodes() as u32)
        .flat_map(|from| graph.successors(from).iter().map(move |&to| (from, to)))
        .collect();
    let mut known: rustc_hash::FxHashSet<(u32, u32)> = edges.iter().copied().collect();
    let mut state = seed | 1;
    let mut random = |below: usize| {
        // xorshift64* (Vigna 2016)
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    };
    for _ in 0..edges.len() * 10 {
        let (one, other) = (random(edges.len()), random(edges.len()));
        let ((a, b), (c, d)) = (edges[one], edges[other]);
        if a == d || c == b || known.contains(&(a, d)) || known.contains(&(c, b)) {
            continue;
        }
        known.remove(&(a, b));
        known.remove(&(c, d));
        known.extend([(a, d), (c, b)]);
        (edges[one], edges[other]) = ((a, d), (c, b));
    }
    Graph::new(graph.nodes(), &edges)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph() -> impl Strategy<Value = (usize, Vec<(u32, u32)>)> {
        (1usize..12).prop_flat_map(|nodes| {
            let node = 0..nodes as u32;
            (Just(nodes), proptest::collection::vec((node.clone(), node), 0..40))
        })
    }

    /// Warshall 1962, by definition.
    fn closure(nodes: usize, edges: &[(u32, u32)]) -> Vec<Vec<bool>> {
        let mut reached = vec![vec![false; nodes]; nodes];
        (0..nodes).for_each(|at| reached[at][at] = true);
        edges.iter().for_each(|&(a, b)| reached[a as usize][b as usize] = true);
        for via in 0..nodes {
            for from in 0..nodes {
                for to in 0..nodes {
                    reached[from][to] |= reached[from][via] && reached[via][to];
                }
            }
        }
        reached
    }

    #[test]
    fn the_drawing() {
        let graph = Graph::new(5, &[(0, 1), (1, 2), (2, 0), (1, 0), (2, 4), (3, 4)]);
        let components = components(&graph);
        let mut sizes: Vec<usize> = components.members.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 1, 3]);
        let reach = reach(&graph, &components);
        assert_eq!(reach.forward, [4.0, 4.0, 4.0, 2.0, 1.0]);
        assert_eq!(reach.backward, [3.0, 3.0, 3.0, 1.0, 5.0]);
        assert_eq!(reach.density(), Some(15.0 / 25.0));
        assert_eq!(shortest_cycle(&graph, &components, 0), [0, 1]);
        assert_eq!(shortest_cycle(&graph, &components, 2), [2, 0, 1]);
        assert_eq!(shortest_cycle(&graph, &components, 3), [] as [u32; 0]);
    }

    #[test]
    fn a_long_cycle_is_no_deeper_than_a_short_one() {
        let nodes = 200_000;
        let edges: Vec<(u32, u32)> = (0..nodes).map(|at| (at, (at + 1) % nodes)).collect();
        let graph = Graph::new(nodes as usize, &edges);
        let components = components(&graph);
        assert_eq!(components.members.len(), 1);
        assert_eq!(reach(&graph, &components).density(), Some(1.0));
        assert_eq!(shortest_cycle(&graph, &components, 7).len(), nodes as usize);
    }

    proptest! {
        #[test]
        fn closures_are_those_by_definition((nodes, edges) in graph()) {
            let reached = closure(nodes, &edges);
            let graph = Graph::new(nodes, &edges);
            let components = components(&graph);
            let reach = reach(&graph, &components);
            for a in 0..nodes {
                prop_assert_eq!(reach.forward[a], reached[a].iter().filter(|yes| **yes).count() as f64);
                prop_assert_eq!(reach.backward[a], reached.iter().filter(|row| row[a]).count() as f64);
                for (b, row) in reached.iter().enumerate() {
                    prop_assert_eq!(components.of[a] == components.of[b], reached[a][b] && row[a]);
                }
                for &b in graph.successors(a as u32) {
                    prop_assert!(components.of[a] >= components.of[b as usize]);
                }
            }
        }

        #[test]
        fn wiring_keeps_degrees((nodes, edges) in graph(), seed in any::<u64>()) {
            let graph = Graph::new(nodes, &edges);
            let wired = rewired(&graph, seed);
            let degrees = |graph: &Graph| {
                let mut incoming = vec![0; nodes];
                for from in 0..nodes as u32 {
                    graph.successors(from).iter().for_each(|&to| incoming[to as usize] += 1);
                }
                let outgoing: Vec<usize> = (0..nodes as u32).map(|at| graph.successors(at).len()).collect();
                (outgoing, incoming)
            };
            prop_assert_eq!(degrees(&graph), degrees(&wired));
        }
    }
}
