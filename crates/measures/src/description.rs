//! What a measure is, in words: the record that help, manual pages and tooltips are made from.

/// A measure's own description.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// Its key in JSON `measures`, and the name `unsnarl explain` knows it by.
    pub name: &'static str,
    /// The question it answers.
    pub question: &'static str,
    /// How it is computed, in plain sentences.
    pub definition: &'static str,
    /// The fact tables it reads.
    pub reads: &'static [&'static str],
    /// The unit of its value.
    pub unit: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// When it lies.
    pub limits: &'static str,
}
