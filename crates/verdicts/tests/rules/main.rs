//! Rules on trees small enough to be worked by hand, and what must hold of every tree.

mod by_hand;
mod judged;
mod land;
mod properties;
mod upkeep;
