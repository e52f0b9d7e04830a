//! Teams as plain CSV: `team,person[,since,until]`, with or without a heading.

use facts::{
    manifest::Member,
    time::{self, DAY},
};

/// One row: a person in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRow {
    /// The team's id.
    pub team: String,
    /// The person and the days.
    pub member: Member,
}

/// The rows, and for each row that cannot be read its line and the reason.
pub fn parse(content: &[u8]) -> (Vec<TeamRow>, Vec<(u32, String)>) {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(content);
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    let mut order = [0, 1, 2, 3];
    for (at, record) in reader.records().enumerate() {
        let line =
            |record: &csv::StringRecord| record.position().map_or(0, |position| position.line() as u32);
        match record {
            Ok(record) if at == 0 && is_heading(&record) => order = places(&record),
            Ok(record) => match row(&record, order) {
                Ok(row) => rows.push(row),
                Err(why) => wrong.push((line(&record), why)),
            },
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line() as u32);
                wrong.push((line, "the row is not UTF-8 text".to_owned()));
            }
        }
    }
    (rows, wrong)
}

/// The columns, in the order in which they stand without a heading.
const COLUMNS: [&str; 4] = ["team", "person", "since", "until"];

fn is_heading(record: &csv::StringRecord) -> bool {
    let names = |wanted: &str| record.iter().any(|cell| cell.eq_ignore_ascii_case(wanted));
    (names(COLUMNS[0]) && names(COLUMNS[1])) || record.get(0) == Some(COLUMNS[0])
}

/// Where a heading puts each column; what it does not name stands where nothing is.
fn places(heading: &csv::StringRecord) -> [usize; 4] {
    COLUMNS.map(|name| heading.iter().position(|cell| cell.eq_ignore_ascii_case(name)).unwrap_or(usize::MAX))
}

fn row(record: &csv::StringRecord, order: [usize; 4]) -> Result<TeamRow, String> {
    let field = |at: usize| record.get(order[at]).filter(|text| !text.is_empty());
    let (Some(team), Some(person)) = (field(0), field(1)) else {
        return Err("expected `team,person[,since,until]`".to_owned());
    };
    let day = |at: usize| match field(at) {
        None => Ok(None),
        Some(text) => {
            time::parse_date(text).map(Some).ok_or_else(|| format!("`{text}` is no day as 2024-03-01"))
        }
    };
    let (since, until) = (day(2)?, day(3)?.map(|last| last + DAY));
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        return Err(format!("`{person}` leaves before the first day"));
    }
    Ok(TeamRow { team: team.to_owned(), member: Member { person: person.to_owned(), since, until } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_says_what_stands_where() {
        let (rows, wrong) = parse(b"Person,Until,Team\nana@x.org,2024-01-31,pay\n");
        assert_eq!((rows.len(), wrong.len()), (1, 0));
        assert_eq!((rows[0].team.as_str(), rows[0].member.person.as_str()), ("pay", "ana@x.org"));
        assert!(rows[0].member.since.is_none() && rows[0].member.until.is_some());
        // A heading of one column names no people.
        assert_eq!(parse(b"team\npay,ana\n").1.len(), 1);
    }

    #[test]
    fn rows_are_read_and_bad_ones_told() {
        let (rows, wrong) = parse(
            b"team,person,since,until\npay,ana@x.org,2024-01-01,\npay, Bob B ,,2024-01-31\nonly\npay,c,soon\npay,d,2024-02-01,2024-01-01\n\"q,1\",e\n",
        );
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].member.since, time::parse_date("2024-01-01"));
        assert_eq!(rows[1].member.until, time::parse_date("2024-02-01"), "the last day counts");
        assert_eq!((rows[1].member.person.as_str(), rows[2].team.as_str()), ("Bob B", "q,1"));
        assert_eq!(wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6]);
    }

    proptest::proptest! {
        #[test]
        fn every_row_is_read_or_told(content in proptest::collection::vec(
            proptest::prop_oneof![4 => proptest::sample::select(&b"team,person\n\r\"#2024-01- "[..]), 1 => 0u8..],
            0..120,
        )) {
            let lines = content.split(|&byte| byte == b'\n').count() + content.split(|&byte| byte == b'\r').count();
            let (rows, wrong) = parse(&content);
            proptest::prop_assert!(rows.len() + wrong.len() <= lines);
            proptest::prop_assert!(rows.iter().all(|row| !row.team.is_empty() && !row.member.person.is_empty()));
            proptest::prop_assert!(wrong.iter().all(|(line, why)| *line as usize <= lines && !why.is_empty()));
        }
    }
}
