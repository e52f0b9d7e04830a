//! How much of one blob is found again in another: git's measure, so that renames agree with git's.
//!
//! A blob is cut after every newline and after every 64th byte; each piece is hashed, and the lengths of equal
//! pieces add up. What two blobs share is, piece by piece, the smaller of the two lengths. A carriage return
//! before a newline does not count in text. The score is shared bytes over the larger size, in 60,000ths
//! (git's `diffcore-delta.c` and `diffcore-rename.c`, as of git 2.44, which counts an unfinished last line).

/// The score of two equal blobs.
pub(crate) const MAX_SCORE: u64 = 60_000;

const HASH_BASE: u32 = 107_927;
const BINARY_PROBE: usize = 8_000;
const PIECE: u32 = 64;

/// The pieces of one blob, by hash, with the bytes each stands for.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint {
    size: u64,
    pieces: Vec<(u32, u32)>,
}

impl Fingerprint {
    /// Cuts a blob into pieces.
    pub(crate) fn new(blob: &[u8]) -> Self {
        let text = !blob[..blob.len().min(BINARY_PROBE)].contains(&0);
        let mut pieces = Vec::with_capacity(blob.len() / 32 + 1);
        let (mut low, mut high, mut length) = (0u32, 0u32, 0u32);
        for (at, &byte) in blob.iter().enumerate() {
            if text && byte == b'\r' && blob.get(at + 1) == Some(&b'\n') {
                continue;
            }
            let before = low;
            low = (low << 7) ^ (high >> 25);
            high = (high << 7) ^ (before >> 25);
            low = low.wrapping_add(u32::from(byte));
            length += 1;
            if length >= PIECE || byte == b'\n' {
                pieces.push((low.wrapping_add(high.wrapping_mul(0x61)) % HASH_BASE, length));
                (low, high, length) = (0, 0, 0);
            }
        }
        if length > 0 {
            pieces.push((low.wrapping_add(high.wrapping_mul(0x61)) % HASH_BASE, length));
        }
        pieces.sort_unstable();
        pieces.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        Self { size: blob.len() as u64, pieces }
    }

    /// The score of `self` as the source of `target`, 0 to [`MAX_SCORE`].
    pub(crate) fn score(&self, target: &Self) -> u64 {
        if target.size == 0 {
            return 0;
        }
        let mut shared = 0u64;
        let mut rest = target.pieces.as_slice();
        for &(hash, length) in &self.pieces {
            while let [(other, _), tail @ ..] = rest
                && *other < hash
            {
                rest = tail;
            }
            match rest {
                [] => break,
                [(other, other_length), ..] if *other == hash => {
                    shared += u64::from(length.min(*other_length))
                }
                _ => {}
            }
        }
        shared * MAX_SCORE / self.size.max(target.size)
    }
}

/// Whether sizes alone rule out a score of `minimum`.
pub(crate) fn sizes_rule_out(source: u64, target: u64, minimum: u64) -> bool {
    let (large, small) = (source.max(target), source.min(target));
    large * (MAX_SCORE - minimum) < (large - small) * MAX_SCORE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(a: &[u8], b: &[u8]) -> u64 {
        Fingerprint::new(a).score(&Fingerprint::new(b))
    }

    #[test]
    fn equal_blobs_score_in_full() {
        assert_eq!(score(b"a\nb\nc\n", b"a\nb\nc\n"), MAX_SCORE);
        assert_eq!(score(b"no newline", b"no newline"), MAX_SCORE);
        assert_eq!(score(b"", b""), 0);
    }

    #[test]
    fn shared_lines_count_by_their_bytes() {
        assert_eq!(score(b"same line\nmine\n", b"same line\nours\n"), 10 * MAX_SCORE / 15);
        assert_eq!(score(b"b\na\n", b"a\nb\n"), MAX_SCORE, "order does not matter");
        assert_eq!(score(b"x\n", b"y\n"), 0);
    }

    #[test]
    fn carriage_returns_do_not_count_in_text() {
        assert_eq!(score(b"a\r\nb\r\n", b"a\nb\n"), 4 * MAX_SCORE / 6);
        assert_eq!(score(b"\0a\r\nb\r\n", b"\0a\nb\n"), 0, "binary is taken as it is");
    }

    #[test]
    fn sizes_rule_out_what_cannot_reach_half() {
        assert!(sizes_rule_out(10, 100, MAX_SCORE / 2));
        assert!(!sizes_rule_out(50, 100, MAX_SCORE / 2));
        assert!(!sizes_rule_out(0, 0, MAX_SCORE / 2));
    }
}
