//! Lines added and deleted, as `git log --numstat` counts them. Reads blobs: ten times the cost of names.

use gix::diff::blob::{Algorithm, Diff, InternedInput};

use super::renames::{Blobs, RawTouch};

const BINARY_PROBE: usize = 8_000;

/// Buffers kept between files.
#[derive(Debug, Default)]
pub(crate) struct LineCounter {
    old: Vec<u8>,
    new: Vec<u8>,
}

impl LineCounter {
    /// Lines added and deleted in one touch; `None` for binary files, submodules and missing blobs.
    pub(crate) fn count(&mut self, touch: &RawTouch, blobs: &impl Blobs) -> Option<(u32, u32)> {
        let load = |side: Option<super::tree_diff::Side>, buffer: &mut Vec<u8>| {
            buffer.clear();
            side.is_none_or(|side| side.mode & 0o170_000 != 0o160_000 && blobs.read(&side.id, buffer))
        };
        if !load(touch.old, &mut self.old) || !load(touch.new, &mut self.new) {
            return None;
        }
        let binary = |data: &[u8]| data[..data.len().min(BINARY_PROBE)].contains(&0);
        if binary(&self.old) || binary(&self.new) {
            return None;
        }
        Some(changed_lines(&self.old, &self.new))
    }
}

/// (added, deleted). Equal lines at both ends are cut off first: most of a large file is usually the same.
fn changed_lines(old: &[u8], new: &[u8]) -> (u32, u32) {
    let (old, new) = trim_equal_ends(old, new);
    let lines = |data: &[u8]| {
        let ends = data.iter().filter(|&&byte| byte == b'\n').count();
        u32::try_from(ends + usize::from(data.last().is_some_and(|&byte| byte != b'\n'))).unwrap_or(u32::MAX)
    };
    if old.is_empty() || new.is_empty() {
        return (lines(new), lines(old));
    }
    let input = InternedInput::new(old, new);
    let diff = Diff::compute(Algorithm::Myers, &input);
    (diff.count_additions(), diff.count_removals())
}

fn trim_equal_ends<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    if same == old.len() && same == new.len() {
        return (&[], &[]);
    }
    // Back to the start of the line, so that the first line that differs stays whole.
    let start = old[..same].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let (old, new) = (&old[start..], &new[start..]);
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let tail = &old[old.len() - same..];
    // Forward to the end of the line that the equal tail begins in, unless it begins a line on both sides.
    let whole_line = |data: &[u8]| data.len() == same || data[data.len() - same - 1] == b'\n';
    let keep = if whole_line(old) && whole_line(new) {
        0
    } else {
        tail.iter().position(|&byte| byte == b'\n').map_or(same, |at| at + 1)
    };
    (&old[..old.len() - (same - keep)], &new[..new.len() - (same - keep)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_numstat() {
        for (old, new, added, deleted) in [
            ("", "a\nb\n", 2, 0),
            ("a\nb", "", 0, 2),
            ("a\nb\nc\n", "a\nx\nc\n", 1, 1),
            ("a\n", "a\n", 0, 0),
            ("a", "a\n", 1, 1),
            ("x\na\n", "y\nxa\n", 2, 2),
            ("a\nb\nc\n", "a\nb\nb\nc\n", 1, 0),
        ] {
            assert_eq!(changed_lines(old.as_bytes(), new.as_bytes()), (added, deleted), "{old:?} → {new:?}");
        }
    }
}
