//! Limits over time: pure, with the time given. What they count is up to whoever keeps them.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use jiff::Timestamp;

/// Keys that one limit remembers. Beyond this the stalest half is forgotten, so that strangers can't fill memory.
const MOST_KEYS: usize = 65_536;

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many times.
    pub most: u32,
    /// Within which time.
    pub window: Duration,
}

impl Quota {
    /// `most` times within `window`.
    pub const fn new(most: u32, window: Duration) -> Self {
        Self { most, window }
    }
}

/// It happened too often; how long until it may again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// Exact: remembers each event of the window. For small quotas, such as failed log-ins.
#[derive(Debug)]
pub struct Windows<K> {
    quota: Quota,
    events: HashMap<K, VecDeque<Timestamp>>,
}

impl<K: Hash + Eq + Clone> Windows<K> {
    /// Nothing has happened yet.
    pub fn new(quota: Quota) -> Self {
        Self { quota, events: HashMap::new() }
    }

    /// Whether it may happen once more.
    pub fn check(&mut self, key: &K, now: Timestamp) -> Result<(), Wait> {
        let Some(events) = self.events.get_mut(key) else { return Ok(()) };
        // What is yet to come was noted by a clock that has been set back since: nobody waits for it.
        let counts = |at: &Timestamp| *at <= now && now < *at + self.quota.window;
        while events.front().is_some_and(|first| !counts(first)) {
            events.pop_front();
        }
        let full = events.len() >= self.quota.most as usize;
        match events.front() {
            Some(first) if full => Err(Wait(until(*first + self.quota.window, now))),
            Some(_) => Ok(()),
            None => {
                self.events.remove(key);
                Ok(())
            }
        }
    }

    /// It happened.
    pub fn note(&mut self, key: K, now: Timestamp) {
        if self.events.len() >= MOST_KEYS && !self.events.contains_key(&key) {
            forget(&mut self.events, |events| events.back().copied());
        }
        let events = self.events.entry(key).or_default();
        events.push_back(now);
        if events.len() > self.quota.most as usize {
            events.pop_front();
        }
    }

    /// What was taken last does not count after all.
    pub fn take_back(&mut self, key: &K) {
        if let Some(events) = self.events.get_mut(key) {
            events.pop_back();
            if events.is_empty() {
                self.events.remove(key);
            }
        }
    }

    /// Notes it, if it may happen once more.
    pub fn take(&mut self, key: K, now: Timestamp) -> Result<(), Wait> {
        self.check(&key, now)?;
        self.note(key, now);
        Ok(())
    }
}

/// Where somebody stands with a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many times more at once.
    pub left: u32,
    /// Until everything is there again.
    pub full_in: Duration,
}

/// Even: one instant per key, whatever the quota (the generic cell rate algorithm of ITU-T I.371). For request rates.
#[derive(Debug)]
pub struct Rates<K> {
    quota: Quota,
    /// When each key has its whole quota again.
    full_at: HashMap<K, Timestamp>,
}

impl<K: Hash + Eq + Clone> Rates<K> {
    /// Nothing has happened yet.
    pub fn new(quota: Quota) -> Self {
        Self { quota, full_at: HashMap::new() }
    }

    /// The quota.
    pub fn quota(&self) -> Quota {
        self.quota
    }

    /// Takes one, if there is one.
    pub fn take(&mut self, key: &K, now: Timestamp) -> Result<Standing, Wait> {
        let one = self.quota.window / self.quota.most.max(1);
        if self.full_at.len() >= MOST_KEYS && !self.full_at.contains_key(key) {
            forget(&mut self.full_at, |full_at| Some(*full_at));
        }
        // Further ahead than the window only a clock leads that has been set back since.
        let counts = |at: &Timestamp| *at > now && *at <= now + self.quota.window;
        let full_at = self.full_at.get(key).copied().filter(counts).unwrap_or(now);
        let next = full_at + one;
        let used = until(next, now);
        if used > self.quota.window {
            return Err(Wait(used.saturating_sub(self.quota.window)));
        }
        self.full_at.insert(key.clone(), next);
        let left = self.quota.window.saturating_sub(used).as_nanos().checked_div(one.as_nanos()).unwrap_or(0);
        Ok(Standing { left: u32::try_from(left).unwrap_or(u32::MAX), full_in: used })
    }
}

fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}

/// Drops the half of the keys that was quiet for longest.
fn forget<K: Hash + Eq + Clone, V>(kept: &mut HashMap<K, V>, last: impl Fn(&V) -> Option<Timestamp>) {
    let mut times: Vec<_> = kept.values().map(&last).collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    kept.retain(|_, value| last(value) > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_window_lets_the_quota_through_and_tells_when_the_next_may_come() {
        let mut windows = Windows::new(Quota::new(5, Duration::from_mins(15)));
        for second in [0, 1, 2, 3, 890] {
            windows.take("ana", at(second)).unwrap();
        }
        assert_eq!(windows.check(&"ana", at(891)), Err(Wait(Duration::from_secs(9))));
        windows.take("ben", at(891)).unwrap();
        windows.take("ana", at(900)).unwrap();
        assert_eq!(windows.check(&"ana", at(900)), Err(Wait(Duration::from_secs(1))));
        windows.check(&"ana", at(2000)).unwrap();
        assert!(!windows.events.contains_key(&"ana"), "what is over is forgotten");
    }

    #[test]
    fn nobody_waits_for_what_a_clock_that_was_set_back_noted() {
        let mut windows = Windows::new(Quota::new(1, Duration::from_mins(15)));
        let mut rates = Rates::new(Quota::new(1, Duration::from_mins(1)));
        for second in [10_000, 0] {
            windows.take("ana", at(second)).unwrap();
            rates.take(&"ana", at(second)).unwrap();
        }
        assert!(windows.take("ana", at(1)).is_err() && rates.take(&"ana", at(1)).is_err());
    }

    #[test]
    fn what_is_taken_back_does_not_count() {
        let mut windows = Windows::new(Quota::new(1, Duration::from_mins(15)));
        for _ in 0..3 {
            windows.take("ana", at(0)).unwrap();
            windows.take_back(&"ana");
        }
        assert!(windows.events.is_empty());
        windows.take("ana", at(0)).unwrap();
        assert!(windows.take("ana", at(0)).is_err());
    }

    #[test]
    fn a_rate_gives_its_quota_at_once_and_then_evenly() {
        let mut rates = Rates::new(Quota::new(60, Duration::from_mins(1)));
        for taken in 1..=60 {
            assert_eq!(rates.take(&"ana", at(0)).unwrap().left, 60 - taken);
        }
        assert_eq!(rates.take(&"ana", at(0)), Err(Wait(Duration::from_secs(1))));
        assert_eq!(rates.take(&"ben", at(0)).unwrap().left, 59);
        assert_eq!(rates.take(&"ana", at(1)).unwrap().left, 0);
        assert_eq!(rates.take(&"ana", at(600)).unwrap().left, 59);
    }

    #[test]
    fn strangers_can_not_fill_the_memory() {
        let mut windows = Windows::new(Quota::new(5, Duration::from_mins(15)));
        for stranger in 0..i64::try_from(MOST_KEYS).unwrap() + 10 {
            windows.note(stranger, at(stranger));
        }
        assert!(windows.events.len() <= MOST_KEYS);
        assert!(windows.events.contains_key(&(i64::try_from(MOST_KEYS).unwrap() + 9)));
    }
}
