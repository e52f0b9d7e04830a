//! Lead time, waiting, release and price on systems whose answer is known.

mod journeys;
mod shop;
mod waiting;
