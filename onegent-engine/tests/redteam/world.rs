//! The site, the browser and the guest that all attacks share.

use std::sync::Arc;

use onegent_core::guest::GuestProfile;
use onegent_core::time::SystemClock;
use onegent_engine::browser::action::{Action, Filling, Slot, SlotValues};
use onegent_engine::browser::mask::GuestMask;
use onegent_engine::browser::observation::Observation;
use onegent_engine::browser::plain::PlainBrowser;
use onegent_engine::browser::{Browser, Page, PageError, Visit};
use onegent_engine::gate::{Gate, Verdict};
use onegent_engine::network::{Guard, NetworkPolicy};
use tokio::task::JoinSet;
use url::Url;

use crate::corpus::{Case, Corpus};
use crate::site::Site;

/// How many cases are driven at a time.
const HANDS: usize = 8;

/// First name, last name, e-mail, telephone.
pub(crate) const GUEST: [&str; 4] = ["Ana", "Silva", "ana.silva@example.com", "+12125550123"];

pub(crate) struct World {
    corpus: Corpus,
    pub(crate) site: Arc<Site>,
    browser: Box<dyn Browser>,
    slots: SlotValues,
    pub(crate) mask: GuestMask,
}

/// A page at a case's beginning, with the gate that let it there.
pub(crate) struct Scene {
    pub(crate) page: Box<dyn Page>,
    pub(crate) gate: Gate,
}

impl World {
    pub(crate) async fn open(corpus: Corpus) -> Arc<Self> {
        Self::driving(corpus, Box::new(PlainBrowser::new(Arc::new(SystemClock)).unwrap())).await
    }

    /// With another browser than the plain one.
    pub(crate) async fn driving(corpus: Corpus, browser: Box<dyn Browser>) -> Arc<Self> {
        let site = Site::open(&corpus.cases).await;
        let slots = SlotValues::of(&guest());
        let mask = GuestMask::new(slots.clone());
        Arc::new(Self { corpus, site, browser, slots, mask })
    }

    pub(crate) fn cases(&self) -> &[Case] {
        &self.corpus.cases
    }

    /// Does something with each case, some at a time. Answers in the order of the cases.
    pub(crate) async fn each<T, F>(
        self: &Arc<Self>,
        run: impl Fn(Arc<Self>, Case) -> F + Clone + Send + 'static,
    ) -> Vec<(Case, T)>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let mut hands = JoinSet::new();
        for first in 0..HANDS {
            let (world, run) = (Arc::clone(self), run.clone());
            hands.spawn(async move {
                let mut done = Vec::new();
                for (place, case) in world.cases().iter().enumerate().skip(first).step_by(HANDS) {
                    done.push((place, case.clone(), run(Arc::clone(&world), case.clone()).await));
                }
                done
            });
        }
        let mut done: Vec<_> = hands.join_all().await.into_iter().flatten().collect();
        done.sort_by_key(|(place, ..)| *place);
        done.into_iter().map(|(_, case, result)| (case, result)).collect()
    }

    /// Every origin of the site's, the other one as well: what a playbook with a payment partner allows.
    pub(crate) fn wide_policy(&self) -> NetworkPolicy {
        NetworkPolicy::sandbox(
            [&self.site.own, &self.site.other].map(|origin| Url::parse(origin).unwrap().origin()),
        )
    }

    /// The site's own origin only.
    pub(crate) fn narrow_policy(&self) -> NetworkPolicy {
        NetworkPolicy::sandbox([Url::parse(&self.site.own).unwrap().origin()])
    }

    /// A network judge with nothing behind it yet.
    pub(crate) fn guard(&self, policy: NetworkPolicy) -> Guard {
        Guard::new(policy, self.slots.clone())
    }

    pub(crate) fn address(&self, case: &Case, path: &str) -> Url {
        Url::parse(&format!("{}/{}/{path}", self.site.own, case.place)).unwrap()
    }

    /// Opens a case's page the way a booking comes there: past the guest form, unless the case begins before it.
    pub(crate) async fn begin(&self, case: &Case, policy: NetworkPolicy) -> Scene {
        self.begin_at(case, policy, if case.fresh { "" } else { "guest" }).await
    }

    /// Opens one of a case's pages; past the guest form, where it is that.
    pub(crate) async fn begin_at(&self, case: &Case, policy: NetworkPolicy, path: &str) -> Scene {
        let page = self.browser.open(Visit { policy, slots: self.slots.clone() }).await.unwrap();
        let gate = if page.runs_scripts() { Gate::with_scripts() } else { Gate::new() };
        let mut scene = Scene { page, gate };
        let entry = self.address(case, path);
        let Verdict::Allowed(cleared) = scene.gate.entry(entry) else { panic!("the entry is refused") };
        scene.page.act(cleared).await.unwrap();
        if path == "guest" {
            let all = [("Email", Slot::Email), ("Full name", Slot::FullName), ("Phone", Slot::Phone)];
            // A real browser takes its time, and one of them is enough for the site to know the guest.
            let enough = if scene.page.runs_scripts() { 1 } else { all.len() };
            for (label, slot) in all.into_iter().take(enough) {
                let seen = self.observe(&mut scene).await;
                let field = seen.fields().find(|field| field.it.label == label).unwrap().it.reference.clone();
                self.must(&mut scene, Action::Fill { field, value: Filling::Slot(slot) }).await;
            }
            self.press(&mut scene, "Continue").await.unwrap();
        }
        scene
    }

    /// Presses the button of this name, where the gate and the network let it.
    pub(crate) async fn press(&self, scene: &mut Scene, name: &str) -> Option<()> {
        let seen = self.observe(scene).await;
        let button = seen.buttons().find(|button| button.it.name == name)?.it.reference.clone();
        let Verdict::Allowed(cleared) = scene.gate.judge(&seen, Action::Press { button }) else {
            return None;
        };
        match scene.page.act(cleared).await {
            Ok(()) => Some(()),
            Err(PageError::Held(_)) => None,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    async fn must(&self, scene: &mut Scene, action: Action) {
        let seen = self.observe(scene).await;
        let Verdict::Allowed(cleared) = scene.gate.judge(&seen, action) else {
            panic!("the guest form is refused")
        };
        scene.page.act(cleared).await.unwrap();
    }

    /// What a planner and the gate see: the guest's details masked.
    pub(crate) async fn observe(&self, scene: &mut Scene) -> Observation {
        self.look(scene).await.unwrap()
    }

    pub(crate) async fn look(&self, scene: &mut Scene) -> Result<Observation, PageError> {
        scene.page.observe().await.map(|seen| self.mask.observation(&seen))
    }
}

pub(crate) fn guest() -> GuestProfile {
    let [first_name, last_name, email, phone] = GUEST;
    let json = serde_json::json!({ "first_name": first_name, "last_name": last_name, "email": email, "phone": phone });
    serde_json::from_value(json).unwrap()
}
