//! What every face is given.

use facts::{Facts, Lens, Structure};
use measures::Picture;
use outlook::impact::backtest::Hits;
use verdicts::{Finding, drift::Said};

use crate::redesign::Shown;

/// One repository's report, ready to be shown.
///
/// Faces look names up in `structure` and `facts`; every number they show is already in `picture` or `findings`.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The facts behind it.
    pub facts: &'a Facts,
    /// The structure laid over them.
    pub structure: &'a Structure,
    /// The lens the picture was measured through.
    pub lens: &'a Lens<'a>,
    /// What was measured.
    pub picture: &'a Picture,
    /// What is said of each series of [`Picture::drift`].
    pub said: &'a [Said],
    /// What is said of each series of [`Picture::lately`]; none where there are none.
    pub said_lately: &'a [Said],
    /// What is worth a person's time, the most pressing first.
    pub findings: &'a [Finding],
    /// How often the further files of a change were predicted right here; `None` where nothing was asked.
    pub hits: Option<&'a Hits>,
    /// The few moves that would help, found on the past and judged by the last year; `None` where none were looked for.
    pub do_first: Option<Shown<'a>>,
    /// The version of unsnarl that made it.
    pub version: &'a str,
}
