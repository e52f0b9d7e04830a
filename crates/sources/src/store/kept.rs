//! Small things kept beside the facts: each one file, with a checksum, written whole or not at all. Any doubt makes it
//! nothing, and it is worked out again.

use std::{
    fs, io,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use serde::{Serialize, de::DeserializeOwned};
use twox_hash::XxHash3_64;

/// Files kept a sort: those of the head and of others someone looked at lately.
const KEPT: usize = 4;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Bytes kept as `sort-name`; `None` when they are not there or not what was written.
pub fn load_bytes(cache: &Path, sort: &str, name: &str) -> Option<Vec<u8>> {
    let mut bytes = fs::read(cache.join(format!("{sort}-{name}"))).ok()?;
    let sum = bytes.split_off(bytes.len().checked_sub(8)?);
    (XxHash3_64::oneshot(&bytes).to_le_bytes() == *sum).then_some(bytes)
}

/// Keeps bytes as `sort-name`, and of its sort only the latest few.
pub fn save_bytes(cache: &Path, sort: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(cache)?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = cache.join(format!("tmp-{}-{sort}-{number}", std::process::id()));
    let target = cache.join(format!("{sort}-{name}"));
    let whole = [bytes, &XxHash3_64::oneshot(bytes).to_le_bytes()].concat();
    let written = fs::write(&temporary, whole).and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    } else {
        sweep(cache, sort, &target);
    }
    written
}

/// A value kept as `sort-name`.
pub(super) fn load<T: DeserializeOwned>(cache: &Path, sort: &str, name: &str) -> Option<T> {
    postcard::from_bytes(&load_bytes(cache, sort, name)?).ok()
}

/// Keeps a value as `sort-name`.
pub(super) fn save<T: Serialize>(cache: &Path, sort: &str, name: &str, value: &T) -> io::Result<()> {
    save_bytes(cache, sort, name, &postcard::to_allocvec(value).map_err(io::Error::other)?)
}

fn sweep(cache: &Path, sort: &str, just_written: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    let prefix = format!("{sort}-");
    let mut old: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .filter(|entry| entry.path() != just_written)
        .map(|entry| (entry.metadata().and_then(|meta| meta.modified()).ok(), entry.path()))
        .collect();
    old.sort_by(|a, b| b.cmp(a));
    for (_, path) in old.into_iter().skip(KEPT - 1) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_is_nothing() {
        let place = tempfile::tempdir().expect("a directory can be made");
        let cache = place.path();
        assert_eq!(load::<Vec<u32>>(cache, "one", "a"), None);
        save(cache, "one", "a", &vec![1u32, 2]).expect("the directory can be written");
        assert_eq!(load::<Vec<u32>>(cache, "one", "a"), Some(vec![1, 2]));
        let path = cache.join("one-a");
        let mut bytes = fs::read(&path).expect("it was written");
        bytes[1] ^= 1;
        fs::write(&path, &bytes).expect("it can be written");
        assert_eq!(load::<Vec<u32>>(cache, "one", "a"), None);
        fs::write(&path, b"short").expect("it can be written");
        assert_eq!(load::<Vec<u32>>(cache, "one", "a"), None);
    }

    #[test]
    fn old_ones_go() {
        let place = tempfile::tempdir().expect("a directory can be made");
        for name in 0..9 {
            save_bytes(place.path(), "one", &name.to_string(), b"x").expect("the directory can be written");
        }
        save_bytes(place.path(), "other", "z", b"x").expect("the directory can be written");
        let left = fs::read_dir(place.path()).expect("it is a directory").count();
        assert_eq!(left, KEPT + 1);
        assert_eq!(load_bytes(place.path(), "one", "8").as_deref(), Some(&b"x"[..]));
    }
}
