//! Why there is no answer, and the way out. No message holds the token, whatever a server says.

use std::time::Duration;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No token was given.
    #[error("failed to ask {0}: it answers nobody without a token")]
    NoToken(String),
    /// The token holds what no token holds.
    #[error("failed to ask the forge: the token holds a space or a character that is none of ASCII")]
    BadToken,
    /// The address cannot be used.
    #[error("failed to ask `{url}`: {why}")]
    BadUrl {
        /// As given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The token is not accepted.
    #[error("failed to ask {0}: the token is not accepted (401)")]
    Unauthorised(String),
    /// The token may not see this.
    #[error("failed to ask {url}: {why}")]
    Refused {
        /// Who refused.
        url: String,
        /// Its words.
        why: String,
    },
    /// There is no such repository for this token.
    #[error("failed to find {repository}: there is none, or the token may not see it")]
    NoRepository {
        /// Which.
        repository: String,
    },
    /// Nobody answers there as a forge would.
    #[error("failed to ask {url}: {why}")]
    NoForge {
        /// Where.
        url: String,
        /// What answered.
        why: String,
    },
    /// The forge wants a longer wait than was allowed.
    #[error("failed to go on: the forge asks to wait {}, longer than was allowed", minutes(*.wait))]
    LimitReached {
        /// How long.
        wait: Duration,
    },
    /// Whoever answers cannot show that they are who they should be.
    #[error("failed to ask {0}: this machine does not trust its certificate")]
    Untrusted(String),
    /// The connection failed again and again.
    #[error("failed to reach {url}: {why}")]
    Unreachable {
        /// Where.
        url: String,
        /// The last failure.
        why: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoToken(_) | Self::BadToken => {
                "GITHUB_TOKEN or GH_TOKEN holds one, as gh auth token prints it; it needs to read pull requests alone"
            }
            Self::BadUrl { .. } | Self::NoForge { .. } => {
                "--api-url https://HOST/api names a GitHub of your own; without it, GitHub is asked"
            }
            Self::Unauthorised(_) => {
                "gh auth status says whether it has expired; gh auth token prints one that has not"
            }
            Self::Refused { .. } | Self::NoRepository { .. } => {
                "a fine-grained token needs read access to pull requests and contents of this repository"
            }
            Self::LimitReached { .. } => {
                "run it again later: it goes on where it stopped; --longest-wait MINUTES allows more"
            }
            Self::Untrusted(_) => {
                "SSL_CERT_FILE=FILE.pem names the certificates to trust, in place of those of the system"
            }
            Self::Unreachable { .. } => "run it again: it goes on where it stopped",
        }
    }
}

/// `90 seconds`, `12 minutes`.
pub(crate) fn minutes(wait: Duration) -> String {
    match wait.as_secs() {
        1 => "1 second".to_owned(),
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}
