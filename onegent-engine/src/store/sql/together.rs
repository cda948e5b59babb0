//! Look-ups that share: what is asked at one moment is answered by one statement.
//!
//! Every request looks up its credential, and many a job. Whatever a statement asks for, it costs two changes of threads on
//! SQLite and a way to the server and back on PostgreSQL; so those who wait are answered together.
//!
//! **Invariant:** nothing is remembered. A statement is begun after all of its questions were asked, so that what was
//! committed before a question is in its answer. Held by `a_look_up_sees_what_was_committed_before_it`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot};

use super::query::GROUP;
use super::tx::BoxFuture;
use crate::store::StoreError;

/// What was found, each with what it was asked by. What was not found is not there.
pub(super) type Found<K, V> = Vec<(K, Result<V, StoreError>)>;

type Waiting<K, V> = (K, oneshot::Sender<Result<Option<V>, Arc<StoreError>>>);

/// Look-ups of one kind: by `K`, for a `V`.
pub(super) struct Together<K, V>(Arc<Shared<K, V>>);

struct Shared<K, V> {
    waiting: Mutex<Vec<Waiting<K, V>>>,
    /// Who comes while all turns are taken waits, and shares the next.
    turns: Semaphore,
}

impl<K, V> std::fmt::Debug for Together<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}

impl<K, V> Together<K, V>
where
    K: Clone + PartialEq + Send + 'static,
    V: Clone + Send + 'static,
{
    /// With so many statements at a time.
    pub(super) fn new(turns: usize) -> Self {
        Self(Arc::new(Shared { waiting: Mutex::default(), turns: Semaphore::new(turns) }))
    }

    /// Asks for one. `read` runs the statement for this question and those that join it, at most [`GROUP`] at a time; what
    /// joins brings the same.
    pub(super) async fn find(
        &self,
        key: K,
        read: impl Fn(Vec<K>) -> BoxFuture<'static, Result<Found<K, V>, StoreError>> + Send + 'static,
    ) -> Result<Option<V>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let is_first = {
            let mut waiting = self.0.waiting();
            waiting.push((key, reply));
            waiting.len() == 1
        };
        if is_first {
            // Apart from this call, so that it is answered to the others if this one is given up.
            tokio::spawn(Arc::clone(&self.0).answer(read));
        }
        let given_up = || StoreError::Unavailable("a look-up was given up".into());
        answer.await.map_err(|_dropped| given_up())?.map_err(shared)
    }
}

impl<K, V> Shared<K, V>
where
    K: Clone + PartialEq,
    V: Clone,
{
    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting<K, V>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(
        self: Arc<Self>,
        read: impl Fn(Vec<K>) -> BoxFuture<'static, Result<Found<K, V>, StoreError>>,
    ) {
        let Ok(_turn) = self.turns.acquire().await else { return };
        // Requests that are ready to ask do so now.
        tokio::task::yield_now().await;
        let asked = std::mem::take(&mut *self.waiting());
        let mut asked = asked.into_iter().peekable();
        while asked.peek().is_some() {
            let group: Vec<_> = asked.by_ref().take(GROUP).collect();
            let mut keys: Vec<K> = Vec::with_capacity(group.len());
            for (key, _) in &group {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
            let found = read(keys).await.map_err(Arc::new).map(|found| {
                found.into_iter().map(|(key, one)| (key, one.map_err(Arc::new))).collect::<Vec<_>>()
            });
            for (key, reply) in group {
                let answer = found.as_ref().map_err(Arc::clone).and_then(|found| {
                    let mine = found.iter().find(|(of, _)| *of == key);
                    mine.map(|(_, one)| one.clone()).transpose()
                });
                // Nobody waits any more when the caller was dropped.
                drop(reply.send(answer));
            }
        }
    }
}

/// One error for several callers.
fn shared(error: Arc<StoreError>) -> StoreError {
    if let StoreError::Corrupt { what, .. } = &*error {
        return StoreError::Corrupt { what, source: Box::new(error) };
    }
    StoreError::Unavailable(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers each number with itself, but 7; keeps which were asked for together.
    fn reading(
        asked: &Arc<Mutex<Vec<usize>>>,
    ) -> impl Fn(Vec<u32>) -> BoxFuture<'static, Result<Found<u32, u32>, StoreError>> + use<> {
        let asked = Arc::clone(asked);
        move |keys| {
            asked.lock().unwrap().push(keys.len());
            let found = |key| match key {
                7 => (key, Err(StoreError::Corrupt { what: "seven", source: "not a number".into() })),
                _ => (key, Ok(key)),
            };
            Box::pin(async move {
                assert!(!keys.contains(&666), "a fault");
                Ok(keys.into_iter().filter(|key| *key < 100).map(found).collect())
            })
        }
    }

    #[tokio::test]
    async fn who_waits_shares_a_statement_and_gets_what_is_theirs() {
        let (together, asked) = (Together::new(1), Arc::default());
        let find = |key| together.find(key, reading(&asked));
        let all = futures_util::future::join_all((0..20).chain([3, 100]).map(find)).await;
        for (n, found) in (0..20).chain([3, 100]).zip(all) {
            match n {
                7 => assert!(matches!(found, Err(StoreError::Corrupt { what: "seven", .. })), "{found:?}"),
                100 => assert!(matches!(found, Ok(None)), "{found:?}"),
                n => assert!(matches!(found, Ok(Some(found)) if found == n), "{found:?}"),
            }
        }
        assert_eq!(*asked.lock().unwrap(), [16, 6]);
    }

    #[tokio::test]
    async fn a_fault_is_told_to_those_it_met_and_to_nobody_after() {
        let (together, asked) = (Together::new(1), Arc::default());
        let find = |key| together.find(key, reading(&asked));
        let (met, too) = tokio::join!(find(666), find(1));
        assert!(matches!((met, too), (Err(StoreError::Unavailable(_)), Err(StoreError::Unavailable(_)))));
        assert!(matches!(find(1).await, Ok(Some(1))));
    }
}
