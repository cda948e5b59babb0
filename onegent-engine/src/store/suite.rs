//! What every store has to do, written once. A backend gives a [`Bench`](crate::testing::Bench) and gets all of it.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod attacks;
pub(crate) mod confirm;
pub(crate) mod cost;
pub(crate) mod jobs;
pub(crate) mod oauth;
pub(crate) mod paths;
pub(crate) mod redeem;
pub(crate) mod removals;
pub(crate) mod webhooks;

/// One test per rule, on the bench that `$bench` makes.
macro_rules! store_suite {
    ($bench:expr) => {
        store_suite! { @each $bench,
            jobs: a_job_and_its_first_event_are_there_together,
                one_key_makes_one_job_however_often_it_comes,
                the_same_key_with_another_request_is_refused,
                a_full_queue_takes_nothing_more,
                an_accounts_quotas_are_its_own,
                each_job_is_claimed_once_by_many_workers,
                sixteen_workers_share_many_jobs_and_lose_none,
                accounts_take_turns,
                a_worker_takes_only_its_scenarios,
                what_a_person_waits_for_is_claimed_first,
                a_stale_epoch_writes_nothing,
                what_may_not_be_claimed_yet_is_passed_over,
                a_renewed_lease_is_not_overdue,
                jobs_come_in_pages_newest_first,
                waiting_for_a_person_is_no_work,
                the_record_is_counted_by_state,
                guests_are_forgotten_when_their_time_is_over,
                outcomes_are_counted_per_provider;
            confirm: a_confirmation_is_written_with_its_job_and_its_event,
                only_a_fresh_session_of_the_owner_confirms,
                an_offer_that_is_over_is_not_confirmed,
                another_charge_voids_the_confirmation,
                a_confirmation_that_nobody_claims_is_overdue_when_its_offer_ends,
                a_wait_that_is_over_is_listed_as_expired,
                a_job_that_ends_leaves_no_hold_open;
            redeem: at_most_one_of_many_redeems_wins,
            a_hand_submits_once_and_then_nobody_ever,
            a_hand_comes_too_late_for_an_offer_that_is_over,
                a_stale_epoch_gets_no_permit,
                a_lease_that_is_over_gets_no_permit,
                a_confirmation_that_is_over_gets_no_permit,
                another_charge_than_the_confirmed_one_gets_no_permit,
                a_confirmation_that_its_hold_does_not_bear_out_is_none,
                a_charge_without_a_confirmation_gets_no_permit,
                a_confirmed_run_gets_no_permit_to_reserve,
                a_submit_is_permitted_once_in_a_jobs_life,
                of_cancel_and_redeem_one_wins;
            removals: trails_go_when_their_time_is_over_and_an_open_jobs_stays,
                a_trail_can_not_be_taken_away_before_its_time;
            attacks: the_record_alone_gives_no_attacker_a_permit;
            access: a_sign_in_link_opens_one_session,
                a_session_ends_when_it_is_over_or_ended,
                a_revoked_key_stays_revoked_and_its_use_is_noted_once_a_minute,
                a_look_up_sees_what_was_committed_before_it,
                there_is_one_default_profile,
                a_rotated_key_ends_and_its_heir_allows_the_same;
            accounts: an_invitation_makes_one_person,
                an_address_is_one_persons,
                another_accounts_rows_are_as_ones_that_never_were,
                somebody_who_is_removed_has_nothing_left,
                a_code_counts_once,
                only_a_proven_session_confirms_where_the_account_wants_that,
                only_whose_key_made_the_job_confirms,
                the_security_log_is_its_accounts_and_has_an_end,
                an_erasure_leaves_nobodys_name;
            oauth: a_request_is_decided_once_by_whom_it_was_shown_to,
                a_code_is_redeemed_once_and_a_second_use_ends_what_it_gave,
                a_code_is_good_for_ten_minutes_and_for_its_own_client,
                a_refresh_token_comes_again_within_its_grace_and_ends_its_family_later,
                many_refreshes_at_once_stay_in_one_family,
                a_family_ends_thirty_days_after_its_first_token,
                a_refresh_may_narrow_and_never_widens,
                an_access_token_is_over_after_an_hour,
                a_revoked_access_token_goes_alone_and_a_refresh_token_takes_all_along,
                only_the_owner_cuts_an_app_off,
                a_removed_client_takes_everything_along_and_stays_removed,
                strangers_and_their_requests_are_bounded,
                what_is_over_is_forgotten_and_what_is_used_is_kept;
            paths: a_path_is_kept_until_the_next_one,
                of_many_paths_the_ones_go_that_nobody_uses;
            webhooks: a_message_is_written_with_each_status_and_sent_in_order,
                only_endpoints_of_the_job_are_told,
                of_many_nodes_one_takes_a_message,
                what_a_dead_node_took_is_sent_by_another,
                a_slow_endpoint_leaves_room_for_others,
                what_was_given_up_is_kept_and_sent_again_when_asked_for,
                an_account_has_so_many_endpoints_and_no_more,
                another_accounts_endpoints_are_as_ones_that_never_were,
                two_secrets_sign_for_a_while,
                webhooks_go_with_their_endpoint_and_their_account;
        }
    };
    (@each $bench:expr, $($module:ident: $($rule:ident),+;)+) => {$($(
        #[tokio::test]
        async fn $rule() {
            $crate::store::suite::$module::$rule(&$bench.await).await;
        }
    )+)+};
}
pub(crate) use store_suite;
