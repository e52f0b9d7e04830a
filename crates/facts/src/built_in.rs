//! The rules a check holds by itself: their codes and names, as manifests and exemptions may write them.
//!
//! What each of them asks is told where it is judged; here they are only called by name, so that a manifest can be
//! read without knowing how rules are held.

/// Code and name of every built-in rule, by code.
pub const BUILT_IN_RULES: &[(&str, &str)] = &[
    ("U101", "undeclared-dependency"),
    ("U102", "private-interface"),
    ("U103", "not-visible"),
    ("U104", "layer-violation"),
    ("U105", "forbidden-dependency"),
    ("U106", "forbidden-path"),
    ("U107", "missing-dependency"),
    ("U108", "broken-independence"),
    ("U109", "module-cycle"),
    ("U110", "core-growth"),
    ("U111", "unused-dependency"),
    ("U201", "unowned-path"),
    ("U202", "contested-owner"),
    ("U203", "void-ownership-rule"),
    ("U204", "conflicting-owners"),
    ("U301", "expired-exemption"),
    ("U302", "missing-decision"),
    ("U303", "stale-debt"),
    ("U304", "grown-debt"),
    ("U305", "debt-in-strict-module"),
    ("U306", "matches-nothing"),
    ("U307", "nothing-resolved"),
    ("U308", "self-granted-exemption"),
    ("U401", "too-many-teams"),
    ("U402", "undeclared-boundary-crossed"),
    ("U403", "usual-partner-missing"),
    ("U404", "new-hidden-constraint"),
    ("U405", "independence-below-budget"),
    ("U406", "too-many-approvals"),
];
