#![cfg(test)]
//! The contract of the booking service, kept by the engine in this process and by client → HTTP → engine.

use onegent_tests::contract::{self, Subject};
use onegent_tests::world::World;

macro_rules! both_keep {
    ($($clause:ident,)+) => {
        mod engine {
            $(#[tokio::test]
            async fn $clause() -> anyhow::Result<()> {
                super::World::live(async |world| {
                    super::contract::$clause(&super::Subject::engine(world).await?).await
                })
                .await
            })+
        }

        mod client {
            $(#[tokio::test]
            async fn $clause() -> anyhow::Result<()> {
                super::World::live(async |world| {
                    super::contract::$clause(&super::Subject::client(world).await?).await
                })
                .await
            })+
        }
    };
}

both_keep! {
    a_booking_is_accepted_at_once,
    a_repeat_under_the_same_key_is_the_same_job,
    a_key_that_was_used_for_another_request_is_refused,
    every_wrong_field_is_named_at_once,
    unknown_and_foreign_jobs_are_told_apart_nowhere,
    lists_are_newest_first_paged_and_filtered,
    audit_pages_join_to_one_chain,
    a_watch_catches_up_at_once,
    a_watch_wakes_on_an_event,
    a_watch_without_news_ends_with_its_wait,
    a_waiting_job_is_cancelled_once,
    a_finished_job_is_not_cancellable,
    a_reader_changes_nothing,
    a_booker_sees_nothing,
    other_scenarios_than_the_keys_are_refused,
    without_a_credential_nothing_is_answered,
    every_scenario_has_a_provider,
    metrics_without_data_are_zeros,
    metrics_count_what_became_of_bookings,
}
