//! What one change touched, kept small: results wait in memory until history asks for them, oldest first.

use facts::TouchKind;

use super::renames::RawTouch;

/// The touches of one change in path order, all their paths in one buffer.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    paths: Box<[u8]>,
    rows: Box<[Row]>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    kind: TouchKind,
    start: u32,
    /// Where the path ends and the previous one begins.
    middle: u32,
    /// Where the previous path ends; at `middle` when there is none, for no path is empty.
    end: u32,
}

/// One touch of a [`Touched`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct TouchedPath<'a> {
    pub(crate) path: &'a [u8],
    pub(crate) kind: TouchKind,
    pub(crate) previous_path: Option<&'a [u8]>,
}

impl Touched {
    /// Takes over touches that are sorted by path.
    pub(crate) fn new(touches: &[RawTouch]) -> Self {
        let previous = |touch: &RawTouch| touch.previous_path.as_ref().map_or(0, Vec::len);
        let mut paths =
            Vec::with_capacity(touches.iter().map(|touch| touch.path.len() + previous(touch)).sum());
        let offset =
            |paths: &Vec<u8>| u32::try_from(paths.len()).expect("one change's paths take less than 4 GiB");
        let rows = touches
            .iter()
            .map(|touch| {
                let start = offset(&paths);
                paths.extend_from_slice(&touch.path);
                let middle = offset(&paths);
                paths.extend_from_slice(touch.previous_path.as_deref().unwrap_or_default());
                Row { kind: touch.kind, start, middle, end: offset(&paths) }
            })
            .collect();
        Self { paths: paths.into_boxed_slice(), rows }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// In path order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = TouchedPath<'_>> {
        self.rows.iter().map(|row| {
            let part = |from: u32, to: u32| &self.paths[from as usize..to as usize];
            TouchedPath {
                path: part(row.start, row.middle),
                kind: row.kind,
                previous_path: (row.end > row.middle).then(|| part(row.middle, row.end)),
            }
        })
    }
}
