//! Headers of the languages themselves and of POSIX.

/// Those of C and POSIX that lie in no directory, without `.h`.
const HEADERS: &[&str] = &[
    "aio",
    "alloca",
    "assert",
    "complex",
    "cpio",
    "ctype",
    "dirent",
    "dlfcn",
    "endian",
    "err",
    "errno",
    "execinfo",
    "fcntl",
    "fenv",
    "float",
    "fmtmsg",
    "fnmatch",
    "ftw",
    "getopt",
    "glob",
    "grp",
    "iconv",
    "ifaddrs",
    "inttypes",
    "iso646",
    "langinfo",
    "libgen",
    "limits",
    "locale",
    "malloc",
    "math",
    "memory",
    "monetary",
    "mqueue",
    "ndbm",
    "netdb",
    "nl_types",
    "paths",
    "poll",
    "pthread",
    "pwd",
    "regex",
    "resolv",
    "sched",
    "search",
    "semaphore",
    "setjmp",
    "signal",
    "spawn",
    "stdalign",
    "stdarg",
    "stdatomic",
    "stdbit",
    "stdbool",
    "stdckdint",
    "stddef",
    "stdint",
    "stdio",
    "stdlib",
    "stdnoreturn",
    "string",
    "strings",
    "stropts",
    "syscall",
    "sysexits",
    "syslog",
    "tar",
    "termios",
    "tgmath",
    "threads",
    "time",
    "trace",
    "uchar",
    "ucontext",
    "ulimit",
    "unistd",
    "utime",
    "utmp",
    "utmpx",
    "wchar",
    "wctype",
    "wordexp",
];

/// Directories of headers that come with every system.
const DIRECTORIES: &[&str] = &["arpa", "bits", "experimental", "ext", "net", "netinet", "sys"];

/// Whether a name is one of the languages' own headers: listed here, or as those of C++ are, one word without an ending.
pub(super) fn is_standard(spec: &str) -> bool {
    match (spec.split_once('/'), spec.strip_suffix(".h")) {
        (Some((first, _)), _) => DIRECTORIES.contains(&first),
        (None, Some(stem)) => HEADERS.binary_search(&stem).is_ok(),
        (None, None) => {
            spec.starts_with(|c: char| c.is_ascii_lowercase())
                && spec.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_headers_are_known() {
        assert!(HEADERS.is_sorted() && DIRECTORIES.is_sorted());
        assert!(["stdio.h", "sys/types.h", "vector", "shared_mutex"].into_iter().all(is_standard));
        assert!(
            !["zlib.h", "boost/any.hpp", "__config", "QString", "any.hpp", ""].into_iter().any(is_standard)
        );
    }
}
