//! The types alone: what an attacker that is compiled into the agent can't even write down.
//!
//! Permits, confirmations and the gate's answers have no public constructor; here it is asked whether one of the usual
//! back ways leads to a second one, or to one out of nothing.

#![expect(dead_code, reason = "of two constants of one name the other is never asked")]

use std::marker::PhantomData;
use std::str::FromStr;

use onegent_engine::browser::action::Action;
use onegent_engine::gate::{Armed, Cleared};
use onegent_engine::network::Guard;
use onegent_engine::payment::{ChargeConfirmation, SubmitPermit};
use serde::de::DeserializeOwned;

/// Whether a type has a capability. An inherent constant comes before a trait's, where its bounds hold.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        struct Probe<T>(PhantomData<T>);
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T> Otherwise for Probe<T> {}
        impl<T: $($bound)+> Probe<T> {
            const HAS: bool = true;
        }
        let _probe = Probe::<$type>(PhantomData);
        Probe::<$type>::HAS
    }};
}

macro_rules! back_ways {
    ($($type:ident),+) => {
        vec![$(
            (concat!(stringify!($type), " copied"), has!($type: Clone)),
            (concat!(stringify!($type), " out of nothing"), has!($type: Default)),
            (concat!(stringify!($type), " out of text"), has!($type: FromStr)),
            (concat!(stringify!($type), " read from JSON"), has!($type: DeserializeOwned)),
            (concat!(stringify!($type), " out of an action"), has!($type: From<Action>)),
        )+]
    };
}

/// Each back way, and whether it is open.
pub(crate) fn back_ways() -> Vec<(&'static str, bool)> {
    back_ways![SubmitPermit, ChargeConfirmation, Armed, Cleared, Guard]
}

/// The question itself has to be able to answer yes.
pub(crate) fn the_question_works() -> bool {
    has!(Action: Clone) && has!(String: Default) && has!(u8: FromStr) && has!(u8: DeserializeOwned)
}
