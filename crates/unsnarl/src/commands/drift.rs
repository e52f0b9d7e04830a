//! `unsnarl drift`: what moves, since when, and how surely.

use std::path::{Path, PathBuf};

use clap::Args;
use facts::{Lens, time};
use measures::{
    Method,
    drift::{self, Better, Point, Series},
    lead_time::LeadTimes,
};

use super::{TextOrJson, print};
use crate::{
    change,
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl drift`.
#[derive(Debug, Args)]
pub(crate) struct Drift {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Judge these numbers instead: a table with the columns at (a day) and value
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// Instead, compare the time before REV1 with that after REV2: whether a restructuring removed complexity or moved it
    /// into process; revisions, or days as 2024-12-31
    #[arg(long, num_args = 2, value_names = ["REV1", "REV2"], conflicts_with_all = ["data", "all"])]
    compare: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    /// Show every series of a module or team
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    look: Look,
}

impl Drift {
    pub(crate) fn run(self) -> Result<(), Error> {
        if !self.compare.is_empty() {
            return super::compare::run(&self.path, &self.compare, &self.look, self.format);
        }
        if let Some(file) = &self.data {
            let series = [drift::of_points("value", Better::Neither, points(file)?)];
            return self.show(&file.display().to_string(), None, &series);
        }
        let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let lens = change::lens_of(&known);
        let mut series = drift::of_system(&lens, &LeadTimes::new(&lens), None);
        series.extend(drift::of_parts(&lens));
        self.show(&known.facts.repository.name, Some(&lens), &series)
    }

    fn show(&self, name: &str, lens: Option<&Lens<'_>>, series: &[Series]) -> Result<(), Error> {
        let said = verdicts::drift::say(series);
        let details = drift::details(lens, series);
        let drift = faces::drift::Drift { name, lens, series, said: &said, details: &details };
        print(&match self.format {
            TextOrJson::Text => faces::drift::text(&drift, self.all),
            TextOrJson::Json => faces::drift::json(&drift),
        })
    }
}

/// The rows of a table with the columns `at` and `value`, in order of time.
fn points(file: &Path) -> Result<Vec<Point>, Error> {
    let rows = super::numbers(file, ["at", "value"])?;
    let mut points = Vec::new();
    for (line, [at, value]) in rows {
        let fail = |why: String| Error::Read { path: file.to_owned(), why: format!("line {line}: {why}") };
        let day = time::parse_date(&at).ok_or_else(|| fail(format!("`{at}` is no day as 2024-12-31")))?;
        let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
        let value = number.ok_or_else(|| fail(format!("`{value}` is no number as 1.5")))?;
        points.push(Point { at: day, value, n: 1 });
    }
    Ok(points)
}
