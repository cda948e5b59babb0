//! Who keeps one somewhere has it there, and can't submit with it as well.

use std::sync::{Arc, Mutex};

use onegent_engine::browser::Page;
use onegent_engine::gate::Armed;
use onegent_engine::payment::SubmitPermit;

async fn from_a_reference(page: &mut dyn Page, armed: Armed, kept: &SubmitPermit) {
    let _ = page.submit(armed, *kept).await;
}

async fn from_shared_hands(page: &mut dyn Page, armed: Armed, kept: Arc<SubmitPermit>) {
    let _ = page.submit(armed, *kept).await;
}

async fn from_behind_a_lock(page: &mut dyn Page, armed: Armed, kept: &Mutex<SubmitPermit>) {
    let _ = page.submit(armed, *kept.lock().unwrap()).await;
}

async fn for_every_retry(page: &mut dyn Page, armed: Vec<Armed>, kept: SubmitPermit) {
    for armed in armed {
        let _ = page.submit(armed, kept).await;
    }
}

async fn one_here_and_one_there(page: &mut dyn Page, armed: Armed, permit: SubmitPermit) -> SubmitPermit {
    let _ = page.submit(armed, permit).await;
    permit
}

fn main() {}
