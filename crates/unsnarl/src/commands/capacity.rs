//! `unsnarl capacity`: what more people bring, and what they cost each other.

use std::path::{Path, PathBuf};

use clap::Args;
use measures::{Method, capacity};

use super::{TextOrJson, print};
use crate::{
    change,
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl capacity`.
#[derive(Debug, Args)]
pub(crate) struct Capacity {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Fit these numbers instead: a table with the columns people and throughput
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    #[command(flatten)]
    look: Look,
}

impl Capacity {
    pub(crate) fn run(self) -> Result<(), Error> {
        let (name, capacity, rows) = match &self.data {
            Some(file) => {
                let data = observations(file)?;
                let capacity = capacity::Capacity {
                    months: Vec::new(),
                    scaling: capacity::of_numbers(&data),
                    elasticity: None,
                };
                (file.display().to_string(), capacity, data.len())
            }
            None => {
                let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
                let capacity = capacity::compute(&change::lens_of(&known));
                let months = capacity.months.len();
                (known.facts.repository.name.clone(), capacity, months)
            }
        };
        print(&match self.format {
            TextOrJson::Text => {
                let unit = if self.data.is_some() { "rows" } else { "months" };
                faces::capacity::text(&name, &capacity, &format!("{rows} {unit}"))
            }
            TextOrJson::Json => faces::capacity::json(&name, &capacity, rows),
        })
    }
}

fn observations(file: &Path) -> Result<Vec<(f64, f64)>, Error> {
    let rows = super::numbers(file, ["people", "throughput"])?;
    rows.into_iter()
        .map(|(line, texts)| {
            let number = |text: &String| text.parse::<f64>().ok().filter(|number| number.is_finite());
            match (number(&texts[0]), number(&texts[1])) {
                (Some(people), Some(throughput)) if people > 0.0 && throughput >= 0.0 => Ok((people, throughput)),
                _ => Err(Error::Read {
                    path: file.to_owned(),
                    why: format!(
                        "line {line}: `{}` people and `{}` throughput; expected a number above 0 and one not below",
                        texts[0], texts[1]
                    ),
                }),
            }
        })
        .collect()
}
