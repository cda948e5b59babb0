//! What a confirmation binds: the charge that a person was shown, against what the same site shows on the way to the
//! submit. Two charges that are the same have the same hash, and only then a confirmation of one lets the other out.

use std::sync::Arc;

use onegent_engine::agent::Agent;

use crate::corpus::Case;
use crate::playbook::{agent, charge};
use crate::world::World;

/// What went wrong: confirmations that would hold for something else, and such as hold for nothing.
pub(crate) async fn wrong(world: &Arc<World>) -> Vec<String> {
    let agents = [agent(world, true), agent(world, false)];
    let tried = world.each(move |world, case| {
        let agents = agents.clone();
        async move {
            let mut wrong = Vec::new();
            for (agent, kind) in agents.iter().zip(["described", "undescribed"]) {
                wrong.extend(
                    visits(agent, &world, &case).await.map(|why| format!("{} ({kind}): {why}", case.id)),
                );
            }
            wrong
        }
    });
    tried.await.into_iter().flat_map(|(_, wrong)| wrong).collect()
}

/// Two visits to the same page, and one to what it became.
async fn visits(agent: &Agent, world: &World, case: &Case) -> Option<String> {
    let Some(shown) = charge(agent, case).await else { return Some("nobody is asked".to_owned()) };
    let again = charge(agent, case).await;
    if again.as_ref() != Some(&shown) {
        return Some(format!("does not hold on the next visit: {shown:?} {again:?}"));
    }
    if case.keeps {
        return None;
    }
    world.site.swap(case, true);
    let later = charge(agent, case).await;
    world.site.swap(case, false);
    (later == Some(shown)).then(|| "holds for something else".to_owned())
}
