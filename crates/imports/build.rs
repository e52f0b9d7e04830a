//! Names the way this crate reads code by a hash of its source, so that what was kept by another is never taken for it.

use std::{fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=src");
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    add(Path::new("src"), &mut hash);
    println!("cargo:rustc-env=UNSNARL_IMPORTS_VERSION={hash:016x}");
}

/// FNV-1a over every file below a directory, in the order of their names.
fn add(directory: &Path, hash: &mut u64) {
    let entries = fs::read_dir(directory).expect("the source of the crate is there");
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add(&path, hash);
        } else {
            let content = fs::read(&path).expect("the source of the crate can be read");
            for byte in content {
                *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
}
