//! Moments and calendar periods in UTC, without a clock: `now` is always handed in.

/// Seconds since 1970-01-01T00:00:00Z; negative before.
pub type Seconds = i64;

/// Seconds in a day.
pub const DAY: Seconds = 86_400;

/// 1990-01-01: no version control system in use wrote an earlier date that was true.
pub const EARLIEST_PLAUSIBLE: Seconds = 631_152_000;

/// Whether a recorded moment can be true, seen from `now` (one day of clock skew is allowed).
pub fn plausible(at: Seconds, now: Seconds) -> bool {
    (EARLIEST_PLAUSIBLE..=now.saturating_add(DAY)).contains(&at)
}

/// The civil date (year, month 1–12, day 1–31) of a moment in UTC.
///
/// Howard Hinnant's `civil_from_days`; right for every moment whose year fits an `i32`, clamped beyond.
pub fn civil(at: Seconds) -> (i32, u32, u32) {
    const LIMIT: i64 = 9_999 * 366;
    let z = at.div_euclid(DAY).clamp(-LIMIT, LIMIT) + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

/// Midnight UTC at the start of a civil date.
pub fn midnight(year: i32, month: u32, day: u32) -> Seconds {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) * DAY
}

/// A moment as `YYYY-MM-DD`.
pub fn date(at: Seconds) -> String {
    let (year, month, day) = civil(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Midnight UTC at the start of a day written `2024-12-31`; `None` for anything else.
pub fn parse_date(text: &str) -> Option<Seconds> {
    let bytes = text.as_bytes();
    let digit_or_dash =
        |(at, byte): (usize, &u8)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
    if bytes.len() != 10 || !bytes.iter().enumerate().all(digit_or_dash) {
        return None;
    }
    let (year, month, day) = (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?);
    let start = midnight(year, month, day);
    ((1..=12).contains(&month) && civil(start) == (year, month, day)).then_some(start)
}

/// How long one point of a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Calendar years.
    Year,
    /// Calendar quarters.
    Quarter,
}

impl Grain {
    /// Years for histories of three years and more, else quarters.
    pub fn for_span(since: Seconds, until: Seconds) -> Self {
        if until.saturating_sub(since) >= 3 * 365 * DAY { Self::Year } else { Self::Quarter }
    }

    /// The period a moment falls into.
    pub fn period(self, at: Seconds) -> Period {
        let (year, month, _) = civil(at);
        match self {
            Self::Year => Period {
                label: format!("{year:04}"),
                start: midnight(year, 1, 1),
                end: midnight(year + 1, 1, 1),
            },
            Self::Quarter => {
                let quarter = (month - 1) / 3;
                let (end_year, end_month) =
                    if quarter == 3 { (year + 1, 1) } else { (year, quarter * 3 + 4) };
                Period {
                    label: format!("{year:04}-Q{}", quarter + 1),
                    start: midnight(year, quarter * 3 + 1, 1),
                    end: midnight(end_year, end_month, 1),
                }
            }
        }
    }
}

/// A half-open stretch of calendar time, `start <= at < end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `2024` or `2024-Q3`.
    pub label: String,
    /// First second.
    pub start: Seconds,
    /// First second after.
    pub end: Seconds,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_round_trip() {
        for (at, year, month, day) in
            [(0, 1970, 1, 1), (-1, 1969, 12, 31), (951_782_400, 2000, 2, 29), (4_102_444_800, 2100, 1, 1)]
        {
            assert_eq!(civil(at), (year, month, day));
            assert_eq!(midnight(year, month, day), at.div_euclid(DAY) * DAY);
        }
        for days in (-200_000..200_000).step_by(37) {
            let (year, month, day) = civil(days * DAY);
            assert_eq!(midnight(year, month, day), days * DAY);
        }
        civil(i64::MAX);
        civil(i64::MIN);
    }

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(parse_date("2000-02-29"), Some(951_782_400));
        for text in
            ["2001-02-29", "2000-13-01", "2000-00-10", "2000-1-1", "20000101", "2000-02-3é", "", "0000-00-00"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn periods_hold_their_moments() {
        for at in [0, 1_700_000_000, -5, 4_102_444_799] {
            for grain in [Grain::Year, Grain::Quarter] {
                let period = grain.period(at);
                assert!(period.start <= at && at < period.end, "{period:?}");
            }
        }
        assert_eq!(Grain::Quarter.period(midnight(2024, 12, 31)).label, "2024-Q4");
    }
}
