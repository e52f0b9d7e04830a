//! Files as editors name them: `file:` URIs, whose odd characters are written as `%20`.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in a path of a URI.
const WRITTEN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// The file a URI names; `None` for one of another scheme, of another machine, or of no text.
pub(super) fn file(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    let rest = rest.strip_prefix("//").filter(|_| scheme.eq_ignore_ascii_case("file"))?;
    let (host, _) = rest.split_once('/')?;
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        return None;
    }
    let path = percent_decode_str(&rest[host.len()..]).decode_utf8().ok()?;
    // `/c:/code` names a drive where there are such.
    let path = if cfg!(windows) { path.trim_start_matches('/') } else { &path };
    (!path.contains('\0')).then(|| PathBuf::from(path))
}

/// How a file is named to an editor.
pub(super) fn uri(path: &Path) -> String {
    let path = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    // A canonical path of Windows begins so.
    let path = path.strip_prefix("//?/").unwrap_or(&path);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", utf8_percent_encode(path, WRITTEN))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_what_editors_write() {
        for (written, meant) in [
            ("file:///a/b.py", "/a/b.py"),
            ("file://localhost/a", "/a"),
            ("FILE:///a", "/a"),
            ("file:///a%20b/%C3%A9%23%3F%25.py", "/a b/é#?%.py"),
            ("file:///a b#c?d", "/a b#c?d"),
            ("file:///a%zz%", "/a%zz%"),
        ] {
            assert_eq!(file(written).as_deref(), Some(Path::new(meant)), "{written}");
        }
        for other in [
            "untitled:Untitled-1",
            "file:/a",
            "file://host/a",
            "file://",
            "",
            ":",
            "file:///%ff",
            "file:///%00",
        ] {
            assert_eq!(file(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_written_is_found_again() {
        for path in ["/a/b.py", "/a b/é#?%.py", "/a:b/c@d", "/"] {
            assert_eq!(file(&uri(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(uri(Path::new("/a b/c.py")), "file:///a%20b/c.py");
    }
}
