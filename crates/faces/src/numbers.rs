//! Numbers as people write them.

pub(crate) use facts::counts::grouped as count;
use measures::{Estimate, Measurement, UnitOfValue};

/// A share as a percentage: whole above one per cent, one digit below, never rounded to 0 or 100 when it is neither.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share > 0.0 && percent < 0.1 {
        "< 0.1 %".to_owned()
    } else if share < 1.0 && percent > 99.0 {
        format!("{:.1} %", percent.min(99.9))
    } else if percent > 0.0 && percent < 1.0 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// A plain number with as many digits as it deserves.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        count_signed(value)
    } else if value.abs() >= 100.0 {
        count_signed(value.round())
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else if value != 0.0 && value.abs() < 0.01 {
        small(value)
    } else {
        format!("{value:.2}")
    }
}

/// Below a hundredth three digits, and a bound below what they show.
fn small(value: f64) -> String {
    match value {
        value if value.abs() >= 0.0005 => format!("{value:.3}"),
        value if value > 0.0 => "< 0.001".to_owned(),
        _ => "> −0.001".to_owned(),
    }
}

fn count_signed(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}", count(value.abs() as u64))
}

/// A value in its unit; a dash where it is undefined.
pub(crate) fn value(unit: UnitOfValue, value: Option<f64>) -> String {
    match (unit, value) {
        (_, None) => "–".to_owned(),
        (UnitOfValue::Share, Some(share)) => percent(share),
        (_, Some(plain)) => number(plain),
    }
}

/// An interval in its unit, as `69–73 %`.
pub(crate) fn interval(unit: UnitOfValue, interval: Option<(f64, f64)>) -> Option<String> {
    let (low, high) = interval?;
    Some(match unit {
        UnitOfValue::Share => {
            let digits = usize::from(high - low < 0.02 || high < 0.02);
            format!("{:.digits$}–{:.digits$} %", low * 100.0, high * 100.0)
        }
        UnitOfValue::Teams | UnitOfValue::Approvals | UnitOfValue::Modules | UnitOfValue::Count => {
            format!("{}–{}", number(low), number(high))
        }
    })
}

/// A value with its raw counts and interval: `71 % (69–73 %; 1,234 of 1,738)`.
pub(crate) fn estimate(measurement: &Measurement, estimate: &Estimate) -> String {
    let mut out = value(measurement.unit, estimate.value);
    let mut beside = Vec::new();
    beside.extend(interval(measurement.unit, estimate.interval));
    if measurement.unit == UnitOfValue::Share && estimate.count.fract() == 0.0 {
        beside.push(format!("{} of {}", count(estimate.count as u64), count(estimate.of)));
    }
    if !beside.is_empty() {
        out.push_str(&format!(" ({})", beside.join("; ")));
    }
    out
}

/// Hours as people say them.
pub(crate) fn hours(hours: f64) -> String {
    match hours {
        short if short < 1.0 => plural((short * 60.0).round().max(1.0) as u64, "minute"),
        short if short < 48.0 => plural(short.round() as u64, "hour"),
        long => plural((long / 24.0).round() as u64, "day"),
    }
}

/// A series as a line of blocks between its lowest and highest value; a space where it is undefined.
pub(crate) fn sparkline(values: &[Option<f64>]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let known = values.iter().flatten();
    let (low, high) = known
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)));
    values
        .iter()
        .map(|value| match value {
            None => ' ',
            Some(_) if high <= low => BLOCKS[3],
            Some(value) => BLOCKS[(((value - low) / (high - low)) * 7.0).round() as usize],
        })
        .collect()
}

/// "1 change", "2 changes".
pub(crate) fn plural(number: u64, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {one}{s}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(7), "7");
        for (share, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.714, "71 %"),
            (0.9999, "99.9 %"),
            (0.004, "0.4 %"),
            (0.0001, "< 0.1 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(number(12_345.6), "12,346");
        assert_eq!(number(0.5), "0.50");
        assert_eq!(interval(UnitOfValue::Share, Some((0.69, 0.73))).as_deref(), Some("69–73 %"));
        assert_eq!(sparkline(&[Some(0.0), None, Some(1.0)]), "▁ █");
        assert_eq!(sparkline(&[Some(1.0), Some(1.0)]), "▄▄");
    }
}
