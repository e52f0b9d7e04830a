//! Languages, one file each. Each says at its head what its names mean and how far that can be told.

mod c;
mod csharp;
mod go;
mod java;
mod javascript;
mod javascript_modules;
mod jvm;
mod kotlin;
mod php;
mod python;
mod python_library;
mod references;
mod ruby;
mod rust;
mod scala;
mod swift;

use crate::Family;

/// Every language, in the families that are resolved together.
pub(crate) const FAMILIES: &[Family] = &[
    c::FAMILY,
    csharp::FAMILY,
    Family { languages: &[go::LANGUAGE], resolver: go::resolver },
    Family { languages: &[javascript::LANGUAGE], resolver: javascript::resolver },
    Family { languages: &[java::LANGUAGE, kotlin::LANGUAGE, scala::LANGUAGE], resolver: jvm::resolver },
    Family { languages: &[php::LANGUAGE], resolver: php::resolver },
    Family { languages: &[python::LANGUAGE], resolver: python::resolver },
    Family { languages: references::LANGUAGES, resolver: references::resolver },
    Family { languages: &[ruby::LANGUAGE], resolver: ruby::resolver },
    Family { languages: &[rust::LANGUAGE], resolver: rust::resolver },
    swift::FAMILY,
];

/// The line of an offset, from 1, by the offsets at which lines begin.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let begins = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self(std::iter::once(0).chain(begins).collect())
    }

    pub(crate) fn of(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|&begin| begin <= offset)).unwrap_or(u32::MAX)
    }
}
