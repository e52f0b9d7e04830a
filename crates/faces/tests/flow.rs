//! Flow with review events, as text and as JSON, on a system whose price is known.

#[path = "../../measures/tests/flow/planted.rs"]
#[expect(dead_code, reason = "it is measured there, and shown here")]
mod planted;
#[path = "../../measures/tests/flow/shop.rs"]
mod shop;

use faces::flow::{Flow, Reviewed, json, text};
use facts::{EventKind::Opened, FileId, Tag};
use measures::{
    lead_time::LeadTimes,
    price::{costs, of_pickup, price},
    release::release,
    review::{Journeys, phases::phases, waiting::waiting},
};
use planted::{By, planted};
use serde_json::Value;
use shop::{NOW, Shop};

/// Text and JSON of a system.
fn shown(shop: &mut Shop, all: bool) -> (String, Value) {
    shop.seen(|lens| {
        let times = LeadTimes::new(lens);
        let price = price(lens, &times);
        let costs = price.as_ref().map(|price| costs(lens, &times, price)).unwrap_or_default();
        let journeys = Journeys::new(lens);
        let told = journeys
            .as_ref()
            .map(|journeys| (journeys, phases(journeys), waiting(lens, journeys), of_pickup(lens, journeys)));
        let release = release(lens);
        let flow = Flow {
            lens,
            times: &times,
            whole: times.took(|_| true),
            alone: times.took(|change| lens.teams_of(change).len() == 1),
            together: times.took(|change| lens.teams_of(change).len() > 1),
            unowned: times.took(|change| lens.teams_of(change).is_empty()),
            boundaries: &times.boundaries(lens),
            price: price.as_ref().map_err(String::as_str),
            costs: &costs,
            reviews: told.as_ref().map(|(journeys, phases, waiting, price)| Reviewed {
                journeys,
                phases,
                waiting,
                price: price.as_ref().map_err(String::as_str),
            }),
            release: release.as_ref(),
            tag_ledger: &[],
        };
        (plainly(&text(&flow, all)), valid(&json(&flow)))
    })
}

/// Without the sequences that make it bold or dim.
fn plainly(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('m').expect("every sequence sets a style");
        rest = &rest[at + end + 1..];
    }
    out + rest
}

/// Holds a document to the published schema.
fn valid(text: &str) -> Value {
    let schema = include_str!("../../../docs/flow.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let document: Value = serde_json::from_str(text).expect("it is JSON");
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .expect("the schema can be used")
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    document
}

fn fits(text: &str) {
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

/// A system with open requests, and two tags on the way.
fn reviewed() -> Shop {
    let mut shop = planted(2.5, By::Events, 1);
    shop.facts.repository.name = "shop".to_owned();
    for author in [0, 1, 4, 5] {
        let request = shop.request(author, None, &[(0, Opened, author)]);
        request.files = vec![FileId(2), FileId(3)];
    }
    let commit = shop.facts.changes.commit[0];
    let contains = |row: usize| shop.facts.changes.ids().nth(row);
    let tag = |name: &str, row, ago: i64| Tag {
        name: name.to_owned(),
        commit,
        at: NOW - ago * 86_400,
        contains: contains(row),
        on_mainline: true,
    };
    shop.facts.tags = Some(vec![tag("v1", 50, 660), tag("v2-rc1", 300, 360), tag("v2", 500, 110)]);
    shop
}

#[test]
fn with_events_the_whole_way_is_told() {
    let (text, document) = shown(&mut reviewed(), false);
    fits(&text);
    assert!(text.lines().count() <= 40, "{text}");
    insta::assert_snapshot!(text);
    assert_eq!(document["lead_time"]["sources"]["events"], 600);
    assert_eq!(document["phases"].as_array().map(Vec::len), Some(3));
    assert_eq!(document["waiting"]["counted_requests"], 603, "one of four was opened by a bot");
    let interval = &document["pickup_price"]["interval"];
    let [low, high] = [0, 1].map(|at| interval[at].as_f64().expect("an end"));
    assert!(low <= 2.5 && 2.5 <= high, "{interval}");
    assert_eq!(
        (&document["release"]["tags"], &document["release"]["pre_releases"]),
        (&Value::from(3), &Value::from(1))
    );
}

#[test]
fn names_from_outside_are_plain_and_single_people_have_none() {
    let mut shop = reviewed();
    shop.structure.teams[0].name = format!("\x1b[31mred\n{}", "x".repeat(200));
    shop.structure.teams[1].kind = facts::structure::TeamKind::Person;
    shop.facts.repository.name = "\x1b]0;title\x07shop".to_owned();
    let (text, document) = shown(&mut shop, true);
    fits(&text);
    assert!(!text.contains("@shop/1") && text.contains("single owners"), "{text}");
    assert!(!document.to_string().contains("@shop/1"));
}

#[test]
fn of_nothing_nothing_is_told() {
    let mut shop = Shop::new(1);
    let (text, document) = shown(&mut shop, true);
    fits(&text);
    assert!(text.contains("too few to say") && text.contains("no review events"), "{text}");
    assert_eq!(document["release"], Value::Null);
    assert_eq!(document["waiting"], Value::Null);
}
