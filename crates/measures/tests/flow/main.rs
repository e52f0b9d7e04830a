//! Lead time, waiting, release and price on systems whose answer is known.

mod journeys;
mod lead_time;
mod planted;
mod price;
mod shop;
mod waiting;
