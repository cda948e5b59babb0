//! A bounded store for what a visit leaves behind: the least recently used thing goes first.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// An unguessable name for a thing on a shelf, as hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Token(String);

impl Token {
    fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("{:032x}", u128::from_be_bytes(bytes))))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Token {
    /// Takes what a client sent; a token of another make is on no shelf.
    fn from(text: &str) -> Self {
        Self(text.chars().take(32).collect())
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

struct Kept<T> {
    item: T,
    touched: Timestamp,
}

pub(crate) struct Shelf<T> {
    items: Mutex<HashMap<Token, Kept<T>>>,
    capacity: usize,
    idle: SignedDuration,
}

impl<T> Shelf<T> {
    pub(crate) fn new(capacity: usize, idle: SignedDuration) -> Self {
        Self { items: Mutex::new(HashMap::new()), capacity, idle }
    }

    /// Puts a thing down under a new token, and lets go of the one untouched longest when full.
    pub(crate) fn put(&self, item: T, now: Timestamp) -> Result<Token, getrandom::Error> {
        let token = Token::random()?;
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.len() >= self.capacity {
            items.retain(|_, kept| now.duration_since(kept.touched) < self.idle);
        }
        if items.len() >= self.capacity {
            let oldest = items.iter().min_by_key(|(_, kept)| kept.touched).map(|(token, _)| token.clone());
            oldest.and_then(|token| items.remove(&token));
        }
        items.insert(token.clone(), Kept { item, touched: now });
        Ok(token)
    }

    /// Works on the thing under `token`, unless it is gone or was left alone too long.
    pub(crate) fn with<R>(&self, token: &Token, now: Timestamp, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = items.get_mut(token)?;
        if now.duration_since(kept.touched) >= self.idle {
            items.remove(token);
            return None;
        }
        kept.touched = now;
        Some(work(&mut kept.item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_full_shelf_lets_go_of_what_was_untouched_longest() {
        let shelf = Shelf::new(2, SignedDuration::from_secs(100));
        let first = shelf.put("first", at(0)).unwrap();
        let second = shelf.put("second", at(1)).unwrap();
        assert_eq!(shelf.with(&first, at(2), |item| *item), Some("first"));
        shelf.put("third", at(3)).unwrap();
        assert_eq!(shelf.with(&second, at(4), |item| *item), None);
        assert_eq!(shelf.with(&first, at(4), |item| *item), Some("first"));
    }

    #[test]
    fn what_is_left_alone_expires() {
        let shelf = Shelf::new(2, SignedDuration::from_secs(100));
        let token = shelf.put((), at(0)).unwrap();
        assert!(shelf.with(&token, at(100), |()| ()).is_none());
    }
}
