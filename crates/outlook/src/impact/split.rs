//! A change of several teams, parted so that each part needs one: possible where no file of one part hangs on a file of another.
//!
//! ```text
//! files ──one names the other, or they usually change together──▶ pieces ──whom each needs──▶ a part a team
//! ```

use facts::{TeamId, lens::smallest_cover};

/// What a change can be parted into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Split {
    /// It needs one team, or none: there is nothing to part.
    Single,
    /// One part a team; what nobody owns stands alone or beside what it hangs on.
    Parts(Vec<SplitPart>),
    /// These two files, by their numbers, hang together and need different teams.
    Held(usize, usize),
    /// These files share one piece although no two of them need different teams only: this file's owners are several.
    Shared(usize),
}

/// One part of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPart {
    /// Whom it needs; `None` where nobody owns any of it.
    pub team: Option<TeamId>,
    /// Its files, by their numbers, rising.
    pub files: Vec<usize>,
}

/// Parts a change: of each file its sets of alternative owners, and which files hang together.
pub fn split(owners: &[Vec<Vec<TeamId>>], links: &[(usize, usize)]) -> Split {
    let cover =
        |files: &[usize]| smallest_cover(files.iter().flat_map(|&file| &owners[file]).map(Vec::as_slice)).0;
    let all: Vec<usize> = (0..owners.len()).collect();
    if cover(&all).len() < 2 {
        return Split::Single;
    }
    if let Some(file) = all.iter().copied().find(|&file| cover(&[file]).len() > 1) {
        return Split::Shared(file);
    }
    let pieces = pieces(owners.len(), links);
    let mut parts: Vec<SplitPart> = Vec::new();
    for piece in pieces {
        let team = match cover(&piece).as_slice() {
            [] => None,
            [team] => Some(*team),
            _ => return held(&piece, owners, links),
        };
        match parts.iter_mut().find(|part| part.team == team) {
            Some(part) => part.files.extend(piece),
            None => parts.push(SplitPart { team, files: piece }),
        }
    }
    parts.iter_mut().for_each(|part| part.files.sort_unstable());
    parts.sort_by(|a, b| b.files.len().cmp(&a.files.len()).then(a.files.cmp(&b.files)));
    Split::Parts(parts)
}

/// The two files for which a piece cannot be parted: linked, and with no owner who could answer for both.
fn held(piece: &[usize], owners: &[Vec<Vec<TeamId>>], links: &[(usize, usize)]) -> Split {
    let apart = |&&(a, b): &&(usize, usize)| {
        piece.contains(&a)
            && smallest_cover(owners[a].iter().chain(&owners[b]).map(Vec::as_slice)).0.len() > 1
    };
    let link = links.iter().find(apart).or_else(|| links.iter().find(|(a, _)| piece.contains(a)));
    link.map_or(Split::Shared(piece[0]), |&(a, b)| Split::Held(a, b))
}

/// Files that hang together, directly or through others; each piece rising, the pieces by their first file.
fn pieces(files: usize, links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..files).collect();
    fn find(root: &mut [usize], mut at: usize) -> usize {
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for &(a, b) in links {
        let (a, b) = (find(&mut root, a), find(&mut root, b));
        root[a.max(b)] = a.min(b);
    }
    let mut out: Vec<Vec<usize>> = Vec::new();
    let mut place = vec![usize::MAX; files];
    for file in 0..files {
        let own = find(&mut root, file);
        if place[own] == usize::MAX {
            place[own] = out.len();
            out.push(Vec::new());
        }
        out[place[own]].push(file);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: TeamId = TeamId(0);
    const B: TeamId = TeamId(1);
    const C: TeamId = TeamId(2);

    fn part(team: Option<TeamId>, files: &[usize]) -> SplitPart {
        SplitPart { team, files: files.to_vec() }
    }

    #[test]
    fn by_hand() {
        let a = || vec![vec![A]];
        let b = || vec![vec![B]];
        let nobody = Vec::new;
        // One team, or none.
        assert_eq!(split(&[a(), a()], &[]), Split::Single);
        assert_eq!(split(&[nobody()], &[]), Split::Single);
        assert_eq!(split(&[], &[]), Split::Single);
        assert_eq!(split(&[vec![vec![A, B]], b()], &[]), Split::Single, "B may answer for both");
        // Two teams that hang on nothing of each other.
        let parts = split(&[a(), b(), a()], &[(0, 2)]);
        assert_eq!(parts, Split::Parts(vec![part(Some(A), &[0, 2]), part(Some(B), &[1])]));
        // What nobody owns goes with what it hangs on, and else stands alone.
        let parts = split(&[a(), b(), nobody(), nobody()], &[(1, 2)]);
        assert_eq!(parts, Split::Parts(vec![part(Some(B), &[1, 2]), part(Some(A), &[0]), part(None, &[3])]));
        // Linked across teams, directly and through a file nobody owns.
        assert_eq!(split(&[a(), b()], &[(0, 1)]), Split::Held(0, 1));
        assert_eq!(split(&[a(), nobody(), b()], &[(0, 1), (1, 2)]), Split::Held(0, 1));
        // One file that needs two teams cannot be parted.
        assert_eq!(split(&[vec![vec![A], vec![B]], vec![vec![C]]], &[]), Split::Shared(0));
    }

    #[test]
    fn every_part_needs_one_team_and_no_link_crosses() {
        use measures::stats::random::Random;
        let mut random = Random::new(7);
        for _ in 0..500 {
            let files = 1 + random.below(8);
            let owners: Vec<Vec<Vec<TeamId>>> = (0..files)
                .map(|_| (0..random.below(2)).map(|_| vec![TeamId(random.below(3) as u32)]).collect())
                .collect();
            let links: Vec<(usize, usize)> =
                (0..random.below(4)).map(|_| (random.below(files), random.below(files))).collect();
            let Split::Parts(parts) = split(&owners, &links) else { continue };
            let mut all: Vec<usize> = parts.iter().flat_map(|part| part.files.clone()).collect();
            all.sort_unstable();
            assert_eq!(all, (0..files).collect::<Vec<_>>(), "nothing is lost");
            for part in &parts {
                let sets = part.files.iter().flat_map(|&file| &owners[file]).map(Vec::as_slice);
                assert_eq!(smallest_cover(sets).0, Vec::from_iter(part.team));
                let inside = |file: &usize| part.files.contains(file);
                assert!(links.iter().all(|(a, b)| inside(a) == inside(b)), "{owners:?} {links:?} {parts:?}");
            }
        }
    }
}
