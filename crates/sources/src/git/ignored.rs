//! `.git-blame-ignore-revs`: commits that are nobody's work, as reformatting is.

use facts::CommitId;
use rustc_hash::FxHashSet;

/// The commits a file names, one full id a line; `#` begins a comment, anything else is passed over.
pub fn ignored_revisions(content: &[u8]) -> FxHashSet<CommitId> {
    content
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let line = line.split(|&byte| byte == b'#').next().unwrap_or_default().trim_ascii();
            CommitId::from_hex(std::str::from_utf8(line).ok()?)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_ids_count() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let content = format!("# reformat\n{id} # black\n\n0123\nnot hex\n");
        assert_eq!(
            ignored_revisions(content.as_bytes()).into_iter().collect::<Vec<_>>(),
            [CommitId::from_hex(id).unwrap()]
        );
    }
}
