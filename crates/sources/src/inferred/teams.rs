//! Teams: groups of people found by what they change.
//!
//! Each active person is a vector of the modules they change, weighted so that a module everybody changes tells
//! little (tf-idf). People are joined to those whose vectors point the same way (cosine), and Leiden finds the
//! communities. Whether there are communities at all is asked first: the same people with the same amounts of
//! change, spread over the modules as the whole repository spreads them, give a modularity by chance alone. Unless
//! the real one is clearly higher than all of those, there is one group, and nothing is said about teams.
//!
//! Groups are named for the modules their people change most, never for people.

use facts::{
    Basis, ModuleId, PersonId, Team,
    structure::{Source, TeamKind},
};
use leiden_rs::{GraphDataBuilder, Leiden, LeidenConfig};

use super::activity::Activity;

/// Fewer recent changes than this place nobody in a team.
const FEWEST_CHANGES: u32 = 5;
/// Communities are looked for among at least this many people: two pairs.
const FEWEST_PEOPLE: usize = 4;
/// The most active people decide the groups; beyond this many, pairs grow without telling more.
const MOST_PEOPLE: usize = 400;
/// Each person is joined to this many nearest others.
const NEIGHBOURS: usize = 10;
/// Chance repetitions the real modularity must exceed.
const REPETITIONS: u64 = 9;
/// And by how much.
const MARGIN: f64 = 0.05;
/// Leiden's seed: any constant gives the same groups in every run.
const SEED: u64 = 7;

/// A group of people and the name it goes by.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) team: Team,
    pub(crate) people: Vec<PersonId>,
}

/// The groups, sorted by name, and how many people changed too little to be in one.
pub(crate) fn find(activity: &Activity, module_names: &[&str]) -> (Vec<Group>, u64) {
    let mut people: Vec<PersonId> = (0..activity.of_person.len())
        .map(PersonId::from_index)
        .filter(|person| {
            activity.recent_changes[person.index()] >= FEWEST_CHANGES
                && !activity.of_person[person.index()].is_empty()
        })
        .collect();
    let authors = activity.of_person.iter().filter(|modules| !modules.is_empty()).count();
    people.sort_by_key(|person| (std::cmp::Reverse(activity.recent_changes[person.index()]), *person));
    people.truncate(MOST_PEOPLE);
    people.sort_unstable();
    let occasional = (authors - people.len()) as u64;
    if people.is_empty() {
        return (Vec::new(), occasional);
    }
    let table: Vec<Vec<f64>> =
        people.iter().map(|person| dense(&activity.of_person[person.index()], module_names.len())).collect();
    let communities = communities(&table, activity, &people);
    (name_groups(&table, &people, &communities, module_names), occasional)
}

fn dense(modules: &[(ModuleId, f64)], count: usize) -> Vec<f64> {
    let mut row = vec![0.0; count];
    for &(module, weight) in modules {
        row[module.index()] = weight;
    }
    row
}

/// The community of each row, numbered from 0 without gaps.
fn communities(table: &[Vec<f64>], activity: &Activity, people: &[PersonId]) -> Vec<usize> {
    let one = vec![0; table.len()];
    if table.len() < FEWEST_PEOPLE {
        return one;
    }
    let Some((found, modularity)) = partition(table) else { return one };
    let totals = column_totals(table);
    let by_chance = (0..REPETITIONS)
        .filter_map(|repetition| {
            let mut random = SplitMix(repetition);
            let shuffled: Vec<Vec<f64>> = table
                .iter()
                .zip(people)
                .map(|(row, person)| {
                    redraw(row, activity.recent_changes[person.index()], &totals, &mut random)
                })
                .collect();
            partition(&shuffled).map(|(_, modularity)| modularity)
        })
        .fold(0.0, f64::max);
    if modularity < by_chance + MARGIN {
        return one;
    }
    join_the_lone(table, found)
}

fn column_totals(table: &[Vec<f64>]) -> Vec<f64> {
    let mut totals = vec![0.0; table[0].len()];
    for row in table {
        row.iter().zip(&mut totals).for_each(|(weight, total)| *total += weight);
    }
    totals
}

/// As many draws as the person made changes, each from the repository's own spread over modules.
fn redraw(row: &[f64], changes: u32, totals: &[f64], random: &mut SplitMix) -> Vec<f64> {
    let sum: f64 = totals.iter().sum();
    let own: f64 = row.iter().sum();
    let draws = changes.clamp(FEWEST_CHANGES, 200);
    let mut out = vec![0.0; row.len()];
    for _ in 0..draws {
        let mut left = random.unit() * sum;
        let at = totals.iter().position(|total| {
            left -= total;
            left < 0.0
        });
        out[at.unwrap_or(totals.len() - 1)] += own / f64::from(draws);
    }
    out
}

/// Leiden's communities of the similarity graph, with their modularity.
fn partition(table: &[Vec<f64>]) -> Option<(Vec<usize>, f64)> {
    let vectors = weighted(table);
    let mut edges: Vec<(usize, usize, f64)> = Vec::new();
    for a in 0..vectors.len() {
        let mut near: Vec<(usize, f64)> = (0..vectors.len())
            .filter(|&b| b != a)
            .map(|b| (b, vectors[a].iter().zip(&vectors[b]).map(|(x, y)| x * y).sum::<f64>()))
            .filter(|&(_, cosine)| cosine > 0.05)
            .collect();
        near.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        edges.extend(near.into_iter().take(NEIGHBOURS).map(|(b, cosine)| (a.min(b), a.max(b), cosine)));
    }
    edges.sort_by_key(|edge| (edge.0, edge.1));
    edges.dedup_by_key(|edge| (edge.0, edge.1));
    if edges.is_empty() {
        return None;
    }
    let mut graph = GraphDataBuilder::new(vectors.len());
    for &(a, b, weight) in &edges {
        graph.add_edge(a, b, weight).ok()?;
    }
    let config = LeidenConfig {
        seed: Some(SEED),
        parallel_local_moving_threshold: None,
        parallel_aggregation_threshold: None,
        ..LeidenConfig::default()
    };
    let found = Leiden::new(config).run(&graph.build().ok()?).ok()?;
    let raw: Vec<usize> = (0..vectors.len()).map(|node| found.partition.community_of(node)).collect();
    let communities = renumber(&raw);
    let modularity = modularity(&edges, &communities);
    Some((communities, modularity))
}

/// Newman–Girvan modularity of a weighted undirected graph.
fn modularity(edges: &[(usize, usize, f64)], communities: &[usize]) -> f64 {
    let count = communities.iter().max().map_or(0, |max| max + 1);
    let (mut inside, mut degree) = (vec![0.0; count], vec![0.0; count]);
    let mut total = 0.0;
    for &(a, b, weight) in edges {
        total += weight;
        degree[communities[a]] += weight;
        degree[communities[b]] += weight;
        if communities[a] == communities[b] {
            inside[communities[a]] += weight;
        }
    }
    inside.iter().zip(&degree).map(|(inside, degree)| inside / total - (degree / (2.0 * total)).powi(2)).sum()
}

/// Rows as unit vectors of tf-idf weights.
fn weighted(table: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let people = table.len() as f64;
    let mut changed_by = vec![0.0; table[0].len()];
    for row in table {
        let own: f64 = row.iter().sum();
        // A module counts as someone's in the measure in which it is part of their work.
        row.iter()
            .zip(&mut changed_by)
            .for_each(|(weight, sum)| *sum += if *weight > 0.05 * own { 1.0 } else { 0.0 });
    }
    table
        .iter()
        .map(|row| {
            let own: f64 = row.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            let mut vector: Vec<f64> = row
                .iter()
                .zip(&changed_by)
                .map(|(weight, by)| weight / own * (1.0 + people / (1.0 + by)).ln())
                .collect();
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            vector.iter_mut().for_each(|x| *x /= length);
            vector
        })
        .collect()
}

/// Numbers communities by their first member.
fn renumber(raw: &[usize]) -> Vec<usize> {
    let mut seen: Vec<usize> = Vec::new();
    raw.iter()
        .map(|community| {
            seen.iter().position(|known| known == community).unwrap_or_else(|| {
                seen.push(*community);
                seen.len() - 1
            })
        })
        .collect()
}

/// A team has two people or more: whoever stands alone joins the community whose work is most like theirs.
fn join_the_lone(table: &[Vec<f64>], mut found: Vec<usize>) -> Vec<usize> {
    let vectors = weighted(table);
    let count = found.iter().max().map_or(0, |max| max + 1);
    let mut size = vec![0usize; count];
    found.iter().for_each(|&community| size[community] += 1);
    let whole = found.clone();
    for lone in 0..found.len() {
        if size[whole[lone]] > 1 {
            continue;
        }
        let mut likeness = vec![0.0; count];
        for other in 0..whole.len() {
            if size[whole[other]] > 1 {
                let cosine: f64 = vectors[lone].iter().zip(&vectors[other]).map(|(x, y)| x * y).sum();
                likeness[whole[other]] += cosine / size[whole[other]] as f64;
            }
        }
        let best = (0..count).max_by(|&a, &b| likeness[a].total_cmp(&likeness[b]).then(b.cmp(&a)));
        found[lone] = best.filter(|&best| size[best] > 1).unwrap_or(whole[lone]);
    }
    renumber(&found)
}

fn name_groups(
    table: &[Vec<f64>],
    people: &[PersonId],
    communities: &[usize],
    module_names: &[&str],
) -> Vec<Group> {
    let count = communities.iter().max().map_or(0, |max| max + 1);
    let totals = column_totals(table);
    let mut groups: Vec<Group> = (0..count)
        .map(|community| {
            let members: Vec<usize> =
                (0..people.len()).filter(|&row| communities[row] == community).collect();
            let mut weight = vec![0.0; totals.len()];
            for &row in &members {
                table[row].iter().zip(&mut weight).for_each(|(own, sum)| *sum += own);
            }
            let name =
                if count == 1 { "everyone".to_owned() } else { name_for(&weight, &totals, module_names) };
            let source = Source { basis: Basis::Inferred, from: "history".to_owned() };
            Group {
                team: Team { name, kind: TeamKind::Group, source },
                people: members.into_iter().map(|row| people[row]).collect(),
            }
        })
        .collect();
    groups.sort_by(|a, b| a.team.name.cmp(&b.team.name).then_with(|| a.people.cmp(&b.people)));
    number_equal_names(&mut groups);
    groups
}

/// Up to two modules: much of the group's work, and most of it theirs.
fn name_for(weight: &[f64], totals: &[f64], module_names: &[&str]) -> String {
    let own: f64 = weight.iter().sum();
    let mut ranked: Vec<(f64, usize)> = (0..weight.len())
        .filter(|&at| weight[at] > 0.0)
        .map(|at| (weight[at] / own * (weight[at] / totals[at]).sqrt(), at))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let second_tells = ranked.len() > 1 && ranked[1].0 > 0.3 * ranked[0].0;
    let names: Vec<&str> = ranked
        .iter()
        .take(if second_tells { 2 } else { 1 })
        .map(|&(_, at)| shown(module_names[at]))
        .collect();
    format!("group {}", names.join(" + "))
}

fn shown(name: &str) -> &str {
    if name == facts::structure::REST { "root" } else { name }
}

fn number_equal_names(groups: &mut [Group]) {
    let names: Vec<String> = groups.iter().map(|group| group.team.name.clone()).collect();
    for at in 1..groups.len() {
        let before = names[..at].iter().filter(|name| **name == names[at]).count();
        if before > 0 {
            groups[at].team.name = format!("{} ({})", names[at], before + 1);
        }
    }
}

/// Steele, Lea and Flood's SplitMix64: small, fixed, the same on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(rows: &[Vec<f64>]) -> Activity {
        Activity {
            of_person: rows
                .iter()
                .map(|row| {
                    row.iter()
                        .enumerate()
                        .filter(|(_, weight)| **weight > 0.0)
                        .map(|(at, &weight)| (ModuleId::from_index(at), weight))
                        .collect()
                })
                .collect(),
            recent_changes: rows.iter().map(|row| row.iter().sum::<f64>() as u32).collect(),
        }
    }

    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    #[test]
    fn four_planted_teams_are_found() {
        let mut random = SplitMix(3);
        let rows: Vec<Vec<f64>> = (0..24)
            .map(|person| {
                let home = person % 4 * 2;
                let mut row = vec![0.0; 8];
                for _ in 0..60 {
                    let at = if random.unit() < 0.8 {
                        home + usize::from(random.unit() < 0.5)
                    } else {
                        (random.unit() * 8.0) as usize
                    };
                    row[at] += 1.0;
                }
                row
            })
            .collect();
        let (groups, occasional) = find(&activity(&rows), &NAMES);
        assert_eq!(groups.iter().map(|group| group.people.len()).collect::<Vec<_>>(), [6, 6, 6, 6]);
        for group in &groups {
            assert!(group.people.windows(2).all(|two| two[0].0 % 4 == two[1].0 % 4));
        }
        assert_eq!(occasional, 0);
    }

    #[test]
    fn where_everybody_changes_everything_there_is_one_group() {
        for seed in 0..20 {
            let mut random = SplitMix(seed);
            let rows: Vec<Vec<f64>> = (0..20)
                .map(|_| {
                    let mut row = vec![0.0; 8];
                    (0..40).for_each(|_| row[(random.unit() * 8.0) as usize] += 1.0);
                    row
                })
                .collect();
            assert_eq!(find(&activity(&rows), &NAMES).0.len(), 1, "seed {seed}");
        }
    }

    #[test]
    fn few_people_are_one_group_and_nobody_is_none() {
        assert_eq!(find(&activity(&[]), &NAMES).0.len(), 0);
        assert_eq!(find(&activity(&[vec![9.0, 0.0]]), &NAMES).0.len(), 1);
        let (groups, occasional) = find(&activity(&[vec![2.0, 0.0]]), &NAMES);
        assert_eq!((groups.len(), occasional), (0, 1));
    }
}
