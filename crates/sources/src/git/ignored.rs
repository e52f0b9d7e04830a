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

    proptest::proptest! {
        #[test]
        fn only_what_is_written_is_ignored(content in proptest::collection::vec(
            proptest::prop_oneof![1 => "[0-9a-f]{40}", 1 => "[0-9a-f]{64}", 1 => "[0-9A-Fa-f]{38,66}", 1 => "[ -~]{0,20}", 1 => "\\PC{0,20}"],
            0..8,
        ), end in "(\n|\r\n| # why\n)") {
            let text = content.join(&end);
            for id in ignored_revisions(text.as_bytes()) {
                proptest::prop_assert!(text.to_lowercase().contains(&id.to_string()));
            }
        }
    }
}
