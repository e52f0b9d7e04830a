//! `unsnarl flow`: how long changes take and wait, and what one more team costs.

use std::path::PathBuf;

use clap::Args;
use measures::{
    Method,
    lead_time::LeadTimes,
    price, release,
    review::{Journeys, phases::phases, waiting::waiting},
};

use super::{TextOrJson, print};
use crate::{
    change,
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl flow`.
#[derive(Debug, Args)]
pub(crate) struct Flow {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    /// Show every line
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    look: Look,
}

impl Flow {
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let tag_ledger = known.read_tags(&self.look);
        let lens = change::lens_of(&known);
        let times = LeadTimes::new(&lens);
        let price = price::price(&lens, &times);
        let costs = price.as_ref().map(|price| price::costs(&lens, &times, price)).unwrap_or_default();
        let journeys = Journeys::new(&lens);
        let told = journeys.as_ref().map(|journeys| {
            (journeys, phases(journeys), waiting(&lens, journeys), price::of_pickup(&lens, journeys))
        });
        let reviews = told.as_ref().map(|(journeys, phases, waiting, price)| faces::flow::Reviewed {
            journeys,
            phases,
            waiting,
            price: price.as_ref().map_err(String::as_str),
        });
        let release = release::release(&lens);
        let flow = faces::flow::Flow {
            lens: &lens,
            times: &times,
            whole: times.took(|_| true),
            alone: times.took(|change| lens.teams_of(change).len() == 1),
            together: times.took(|change| lens.teams_of(change).len() > 1),
            unowned: times.took(|change| lens.teams_of(change).is_empty()),
            boundaries: &times.boundaries(&lens),
            price: price.as_ref().map_err(String::as_str),
            costs: &costs,
            reviews,
            release: release.as_ref(),
            tag_ledger: &tag_ledger,
        };
        print(&match self.format {
            TextOrJson::Text => faces::flow::text(&flow, self.all),
            TextOrJson::Json => faces::flow::json(&flow),
        })
    }
}
