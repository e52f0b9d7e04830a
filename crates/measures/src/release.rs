//! Release: from the mainline to the first tag that contains the change, by git alone.
//!
//! What no tag contains yet has waited at least until history ends. Changes of the last five years count: how long
//! release takes is asked of today. Changes that the first tag of all contains came before there was such a thing as a
//! release, and do not.

use facts::{
    Lens, Omission, Omitted, Tag,
    time::{DAY, Seconds, plausible},
};

use crate::{stats::survival::Wait, took::Took};

/// What release took when the system was young says nothing of today.
const YEARS: i64 = 5;
/// Words in a tag's name that say it is not final.
const EARLY: [&str; 16] = [
    "alpha",
    "beta",
    "canary",
    "cr",
    "dev",
    "experimental",
    "insiders",
    "milestone",
    "nightly",
    "pre",
    "preview",
    "rc",
    "snapshot",
    "test",
    "tip",
    "unstable",
];

/// How long changes wait for a tag.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Release {
    /// To the first tag of any kind, in hours.
    pub any: Took,
    /// To the first that is final by its name; the same as [`any`](Self::any) where none says otherwise.
    pub last: Took,
    /// Tags that were read.
    pub tags: u64,
    /// Those of them that name a commit of the mainline.
    pub on_mainline: u64,
    /// Those that lie on branches which left the mainline, and contain what it held until then.
    pub on_branches: u64,
    /// Those that are pre-releases by their name, `v2.0-rc1`.
    pub early: u64,
    /// What was left out.
    pub ledger: Vec<Omission>,
}

/// Waits for a tag; `None` where tags were not read, or there is none that contains a change.
pub fn release(lens: &Lens<'_>) -> Option<Release> {
    let all = lens.facts.tags.as_ref()?;
    let tags: Vec<&Tag> =
        all.iter().filter(|tag| tag.contains.is_some() && plausible(tag.at, lens.range.now)).collect();
    let any = First::new(lens, &tags)?;
    let finals: Vec<&Tag> = tags.iter().copied().filter(|tag| !is_early(&tag.name)).collect();
    let mut ledger = Vec::new();
    let took = any.waits(lens, &mut ledger);
    let last = First::new(lens, &finals)
        .map_or_else(Took::default, |first| Took::of(&first.waits(lens, &mut Vec::new())));
    let apart = (all.len() - tags.len()) as u64;
    if apart > 0 {
        let why = "tags contain no change of the mainline, or bear a date that cannot be true";
        ledger.push(Omission::new(Omitted::Other, apart, why));
    }
    let on_mainline = tags.iter().filter(|tag| tag.on_mainline).count() as u64;
    Some(Release {
        any: Took::of(&took),
        last,
        tags: all.len() as u64,
        on_mainline,
        on_branches: tags.len() as u64 - on_mainline,
        early: (tags.len() - finals.len()) as u64,
        ledger,
    })
}

/// Whether a tag's name says that it is not final: `v2.0-rc1`, `1.0b2`, `3.0-M1`.
pub fn is_early(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if end == at {
            at += 1;
            continue;
        }
        let followed = bytes.get(end).is_some_and(u8::is_ascii_digit);
        let after_version = bytes[..at].iter().any(u8::is_ascii_digit);
        if EARLY.contains(&&name[at..end])
            || (after_version && followed && ["a", "b", "m"].contains(&&name[at..end]))
        {
            return true;
        }
        at = end;
    }
    false
}

/// The first tag after each change.
struct First {
    /// By row of the change: when the first tag that contains it was made.
    at: Vec<Option<Seconds>>,
    /// The last row that the first tag of all contains.
    before: usize,
    /// The last moment history tells of.
    until: Seconds,
}

impl First {
    fn new(lens: &Lens<'_>, tags: &[&Tag]) -> Option<Self> {
        let mut at: Vec<Option<Seconds>> = vec![None; lens.facts.changes.len()];
        let earlier = |a: Option<Seconds>, b: Option<Seconds>| a.into_iter().chain(b).min();
        for tag in tags {
            let slot = at.get_mut(tag.contains?.index())?;
            *slot = earlier(*slot, Some(tag.at));
        }
        let mut first = None;
        for slot in at.iter_mut().rev() {
            first = earlier(first, *slot);
            *slot = first;
        }
        let oldest = tags.iter().min_by_key(|tag| tag.at)?;
        let newest = tags.iter().map(|tag| tag.at).max()?;
        let until = lens.span.map_or(newest, |(_, last)| last.max(newest));
        Some(Self { at, before: oldest.contains?.index(), until })
    }

    fn waits(&self, lens: &Lens<'_>, ledger: &mut Vec<Omission>) -> Vec<Wait> {
        let since = self.until - YEARS * 365 * DAY;
        let (mut young, mut backwards) = (0, 0);
        let mut out = Vec::new();
        for &change in &lens.counted {
            let Some(merged) = lens.at(change).filter(|at| *at > since) else { continue };
            let tagged = self.at[change.index()];
            let until = tagged.unwrap_or(self.until);
            if change.index() <= self.before {
                young += 1;
            } else if until < merged {
                backwards += 1;
            } else {
                out.push(Wait { length: (until - merged) as f64 / 3600.0, ended: tagged.is_some() });
            }
        }
        let lines = [
            (
                Omitted::Other,
                young,
                "changes of five years were there before the first tag: nothing was released then",
            ),
            (
                Omitted::ImplausibleDates,
                backwards,
                "changes were tagged before they were on the mainline, by somebody's clock",
            ),
        ];
        let line = |(what, count, why): (Omitted, u64, &str)| Omission::new(what, count, why);
        ledger.extend(lines.into_iter().filter(|(_, count, _)| *count > 0).map(line));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::is_early;

    #[test]
    fn names_say_what_is_early() {
        for name in [
            "v2.0-rc1",
            "3.0.0-M2",
            "1.0b2",
            "2.0.0.beta3",
            "v1.0.0-alpha.0",
            "release/1.0-SNAPSHOT",
            "1.0.0.pre",
        ] {
            assert!(is_early(name), "{name}");
        }
        for name in
            ["v2.0", "1.0.0", "build-2024", "march-release", "v7.0.8.1", "kafka-0.8", "", "é-rca", "b2"]
        {
            assert!(!is_early(name), "{name}");
        }
    }
}
