//! Learned paths.

use std::time::Duration;

use onegent_core::caller::Environment;
use onegent_core::request::Scenario;

use crate::planner::learned::PathKey;
use crate::testing::Bench;

fn key(site: &str, entry: &str, scenario: Scenario, environment: Environment) -> PathKey {
    let entry = format!("https://{site}{entry}").parse().unwrap();
    PathKey::new(&site.parse().unwrap(), &entry, scenario, environment)
}

pub(crate) async fn a_path_is_kept_until_the_next_one(bench: &Bench) {
    let table = key("example.com", "/book", Scenario::Restaurant, Environment::Live);
    assert_eq!(bench.store.path(&table).await.unwrap(), None);
    bench.store.keep_path(table.clone(), "first".to_owned(), 10).await.unwrap();
    let others = [
        key("example.org", "/book", Scenario::Restaurant, Environment::Live),
        key("example.com", "/book?day=1", Scenario::Restaurant, Environment::Live),
        key("example.com", "/book", Scenario::Hotel, Environment::Live),
        key("example.com", "/book", Scenario::Restaurant, Environment::Test),
    ];
    for other in &others {
        assert_eq!(bench.store.path(other).await.unwrap(), None, "{other:?}");
    }

    bench.clock.turn(Duration::from_mins(1));
    bench.store.keep_path(table.clone(), "second".to_owned(), 10).await.unwrap();
    let kept = bench.store.path(&table).await.unwrap().unwrap();
    assert_eq!((kept.path.as_str(), kept.revision, &kept.key), ("second", 2, &table));
    assert_eq!(kept.learned_at, kept.used_at);
    bench.clock.turn(Duration::from_mins(1));
    bench.store.path_used(table.clone()).await.unwrap();
    let used = bench.store.path(&table).await.unwrap().unwrap();
    assert!(used.used_at > kept.used_at && used.learned_at == kept.learned_at && used.revision == 2);

    bench.store.forget_path(table.clone()).await.unwrap();
    assert_eq!(bench.store.path(&table).await.unwrap(), None);
}

pub(crate) async fn of_many_paths_the_ones_go_that_nobody_uses(bench: &Bench) {
    let at =
        |number: usize| key(&format!("site{number}.example.com"), "/", Scenario::Hotel, Environment::Live);
    for number in 0..4 {
        bench.store.keep_path(at(number), number.to_string(), 3).await.unwrap();
        bench.clock.turn(Duration::from_secs(1));
        if number == 2 {
            bench.store.path_used(at(0)).await.unwrap();
            bench.clock.turn(Duration::from_secs(1));
        }
    }
    let kept: Vec<_> = bench.store.paths(None).await.unwrap().into_iter().map(|record| record.path).collect();
    assert_eq!(kept, ["3", "0", "2"]);
    assert_eq!(bench.store.paths(Some(&at(2).site)).await.unwrap().len(), 1);
    assert_eq!(bench.store.forget_paths(at(2).site).await.unwrap(), 1);
    assert_eq!(bench.store.paths(None).await.unwrap().len(), 2);
}
