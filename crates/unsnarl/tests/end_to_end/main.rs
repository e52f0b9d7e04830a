//! The compiled program on real repositories, in an environment that holds nothing of the user's.

mod again;
mod agreement;
mod architecture;
mod audit;
mod bad_input;
mod check;
mod check_change;
mod check_exempt;
mod check_formats;
mod check_in_ci;
mod check_init;
mod check_moved;
mod check_side;
mod code;
mod contracts;
mod explain;
mod export;
mod flow;
mod hostile;
mod interrupted;
mod manifest;
mod owners;
mod planted;
mod report;
mod stage;
mod yaml;
