//! The judge that goes through a visit, and its phases.

use jiff::Timestamp;
use onegent_core::machine::SubmitKind;
use url::Url;

use super::answer::{Answer, Held, Refusal};
use super::content::Content;
use super::policy::NetworkPolicy;
use super::processor::{is_confirm_path, is_processor, takes_payment};
use super::request::{Fingerprint, Outgoing, Way, goes_to, place};
use super::second_look::Sight;
use super::words;
use crate::browser::action::{Action, SlotValues};
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Observation, Target};
use crate::gate::{self, Armed};
use crate::payment::SubmitPermit;

/// How far a visit has come, as the guard sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The site does not know the guest.
    Browse,
    /// One of the guest's details was filled in or sent.
    DetailsIn,
    /// The page is at payment, or the agent stands before the submit.
    Armed,
    /// There is a permit for the request that was armed.
    Commit,
    /// The permit was used.
    Done,
}

/// The judge of one visit's requests.
#[derive(Debug)]
pub struct Guard {
    policy: NetworkPolicy,
    slots: SlotValues,
    mask: GuestMask,
    details_in: bool,
    /// Why the page that was seen last is one to pay on.
    at_payment: Option<Held>,
    window: Option<Window>,
    /// Where the page and its frames are, that were seen last.
    places: Vec<String>,
    /// Whether the last button was pressed, to see what it sends.
    before_submit: bool,
    lock: Lock,
}

/// What an allowed action explains, until the next look or action.
#[derive(Debug)]
struct Window {
    /// What the gate judged. `None` where that can't be known before: a script's button, a filled field.
    target: Option<Target>,
    scripts: Scripts,
    /// Whether another page took the place of the one that was acted on: what its scripts send, the action does not
    /// explain.
    left: bool,
    /// Why the second look would not let it.
    held: Option<Held>,
    /// Whether the control says that it leads to the page where one pays.
    to_payment: bool,
    /// The page's address, when the action asks for the same page again.
    again: Option<Url>,
}

/// What scripts may send on an action's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scripts {
    /// What the gate judged.
    AsJudged,
    /// Whatever they like, within the site: a script's button, or one of a form that names no place of its own.
    Elsewhere,
    /// The same, as long as it only reads: once the site knows the guest, closing a dialog writes nothing.
    OnlyReads,
}

/// The one submit.
#[derive(Debug)]
enum Lock {
    /// Nothing is armed.
    Closed,
    /// This request was shown. `pays` is whether it, or what the page asked before, says that it pays.
    Shown { print: Fingerprint, pays: bool },
    /// It may go out once.
    Open(Fingerprint, SubmitPermit),
    /// It went out. While its answer is being loaded, it is followed: redirects, and, where a script sent it, the one page
    /// that the script goes on to.
    Used { following: bool, leads_on: Option<SubmitKind> },
}

impl Guard {
    /// For one visit.
    pub fn new(policy: NetworkPolicy, slots: SlotValues) -> Self {
        let mask = GuestMask::new(slots.clone());
        Self {
            policy,
            slots,
            mask,
            details_in: false,
            at_payment: None,
            window: None,
            places: Vec::new(),
            before_submit: false,
            lock: Lock::Closed,
        }
    }

    pub(super) fn policy(&self) -> &NetworkPolicy {
        &self.policy
    }

    /// How far the visit has come.
    pub fn phase(&self) -> Phase {
        match self.lock {
            Lock::Used { .. } => Phase::Done,
            Lock::Open(..) => Phase::Commit,
            Lock::Shown { .. } => Phase::Armed,
            Lock::Closed if self.before_submit || self.at_payment.is_some() => Phase::Armed,
            Lock::Closed if self.details_in => Phase::DetailsIn,
            Lock::Closed => Phase::Browse,
        }
    }

    /// The page was looked at: what happened before explains nothing any more.
    pub fn observed(&mut self, seen: &Observation) {
        self.close();
        self.at_payment = self.sight(seen).page();
        self.places = seen.all().into_iter().map(|frame| place(&frame.url)).collect();
    }

    /// An allowed action is about to be done on the page as it is `seen`, and sends to `target` as far as the gate knows.
    /// From now on its consequences are explained.
    pub fn begin(&mut self, seen: Option<&Observation>, action: &Action, target: Option<&Target>) {
        self.close();
        let target = target.cloned();
        self.window = Some(if let Some(seen) = seen {
            let sight = self.sight(seen);
            let again = sight.is_reload(action).then(|| seen.url.clone());
            let (held, to_payment) = (sight.of(action), sight.leads_to_payment(action));
            let scripted = target.as_ref().is_none_or(|target| sight.may_send_elsewhere(action, target));
            let scripted = scripted && matches!(action, Action::Press { .. });
            let scripts = match scripted {
                true if sight.closes_a_dialog(action) => Scripts::OnlyReads,
                true => Scripts::Elsewhere,
                false => Scripts::AsJudged,
            };
            Window { target, scripts, left: false, held, to_payment, again }
        } else {
            // The first page of a visit comes from nowhere.
            let held = self.details_in.then_some(Held::Unknown);
            let (scripts, left, to_payment) = (Scripts::AsJudged, false, false);
            Window { target, scripts, left, held, to_payment, again: None }
        });
    }

    /// The consequences of the last action are over.
    pub fn close(&mut self) {
        self.window = None;
        if let Lock::Used { following, .. } = &mut self.lock {
            *following = false;
        }
    }

    /// A slot was filled: from now on the site may know the guest, whatever it sends itself.
    pub fn filled(&mut self) {
        self.details_in = true;
    }

    /// The last button is about to be pressed, to see what it sends. From now on nothing is written without a permit.
    pub fn stand_before_submit(&mut self) {
        self.close();
        self.before_submit = true;
    }

    /// Whether a request may be the one that a press of the last button sends. Where a form names a place, that place;
    /// what only a script knows is the first write, or the first page, that goes where the visit may go.
    pub fn may_be_submit(&self, target: Option<&Target>, request: &Outgoing<'_>) -> bool {
        let written = |way: &[Way]| !request.method.is_safe() && way.contains(&request.way);
        let fits = match target {
            Some(target) => {
                let own = self.places.contains(&place(&target.url));
                let leads = matches!(request.way, Way::Navigation | Way::Frame) || written(&[Way::Part]);
                (leads && goes_to(request, target)) || (own && written(&[Way::Part]))
            }
            None => request.way == Way::Navigation || written(&[Way::Part, Way::Frame]),
        };
        fits && self.policy.admits_place(request.url).is_ok()
    }

    /// Arms the one request that a person, or the request for a free booking, is to answer for. It has to go to what the gate judged,
    /// and to be one that may go out at all.
    pub fn arm(&mut self, armed: &Armed, request: &Outgoing<'_>) -> Result<(), Refusal> {
        self.close();
        if !matches!(self.lock, Lock::Closed | Lock::Shown { .. }) {
            return Err(Refusal::NotAsShown);
        }
        let content = Content::of(request);
        self.policy.admit(request, &content)?;
        if !self.may_be_submit(armed.target(), request) {
            return Err(Refusal::Unexplained);
        }
        let pays = takes_payment(request.url) || words::pays(&content);
        self.lock = Lock::Shown { print: Fingerprint::of(request), pays };
        Ok(())
    }

    /// What the page, as it was `seen`, asked in dialogs when the last button was pressed. They were answered with yes: an
    /// amount that the page does not show was agreed to by nobody, and talk of money needs more than a free booking's
    /// permit.
    pub fn asked(&mut self, said: &[String], seen: &Observation) -> Result<(), Refusal> {
        let shown: Vec<_> = seen.all().iter().flat_map(|frame| gate::amounts_in(&frame.text, &[])).collect();
        let mut amounts = said.iter().flat_map(|text| gate::amounts_in(text, &[]));
        if amounts.any(|amount| !shown.iter().any(|shown| shown.is_the_amount_of(&amount))) {
            self.lock = Lock::Closed;
            return Err(Refusal::Pays);
        }
        if let Lock::Shown { pays, .. } = &mut self.lock {
            *pays |= said.iter().any(|text| gate::speaks_of_paying(text));
        }
        Ok(())
    }

    /// Takes the permit for what was armed. It is gone if nothing was, or if it is one for a free booking and the request
    /// says that it pays.
    pub fn permit(&mut self, permit: SubmitPermit) -> Result<(), Refusal> {
        match std::mem::replace(&mut self.lock, Lock::Used { following: false, leads_on: None }) {
            Lock::Shown { pays: true, .. } if permit.kind() == SubmitKind::Reserve => Err(Refusal::Pays),
            Lock::Shown { print, .. } => {
                self.lock = Lock::Open(print, permit);
                Ok(())
            }
            Lock::Closed | Lock::Open(..) | Lock::Used { .. } => Err(Refusal::NotAsShown),
        }
    }

    /// Judges a request. `now` is compared with the permit's deadline.
    pub fn judge(&mut self, request: &Outgoing<'_>, now: Timestamp) -> Answer {
        let content = Content::of(request);
        if let Err(refusal) = self.policy.admit(request, &content) {
            return Answer::Refuse(refusal);
        }
        if content.carries(&self.slots, &self.mask) {
            self.details_in = true;
        }
        match &self.lock {
            Lock::Open(print, permit) if *print == Fingerprint::of(request) => {
                let over = permit.deadline() <= now;
                let leads_on = (request.way == Way::Part).then(|| permit.kind());
                // The permit is dropped here, whatever comes of it.
                self.lock = Lock::Used { following: !over, leads_on };
                return if over { Answer::Refuse(Refusal::PermitOver) } else { Answer::Pass };
            }
            Lock::Open(..) | Lock::Used { .. } if !request.method.is_safe() => {
                return Answer::Refuse(Refusal::NotAsShown);
            }
            // Where a submit leads on to is the site's business, as long as it stays there and only reads.
            Lock::Used { following: true, .. }
                if matches!(request.way, Way::Hop | Way::Frame) && !takes_payment(request.url) =>
            {
                return Answer::Pass;
            }
            Lock::Used { following: true, leads_on: Some(kind) }
                if request.way == Way::Navigation
                    && !takes_payment(request.url)
                    && (*kind != SubmitKind::Reserve || !words::pays(&content)) =>
            {
                self.lock = Lock::Used { following: true, leads_on: None };
                return Answer::Pass;
            }
            Lock::Closed | Lock::Shown { .. } | Lock::Open(..) | Lock::Used { .. } => {}
        }
        let answer = self.judge_unpermitted(request, &content);
        if answer == Answer::Pass
            && request.way == Way::Navigation
            && let Some(window) = &mut self.window
        {
            window.left = true;
        }
        answer
    }

    fn judge_unpermitted(&self, request: &Outgoing<'_>, content: &Content) -> Answer {
        let reads = request.method.is_safe();
        if is_processor(request.url) || (is_confirm_path(request.url) && (self.details_in || !reads)) {
            return Answer::Hold(Held::Processor);
        }
        if !self.explains(request) {
            return Answer::Refuse(Refusal::Unexplained);
        }
        if let Some(held) = self.holds(request) {
            return Answer::Hold(held);
        }
        let commits = match (self.details_in, reads) {
            (_, true) if self.asks_again(request) => false,
            (_, true) if self.leads_to_payment(request.way) && words::names_the_payment_page(content) => {
                false
            }
            (false, _) => words::pays(content),
            (true, false) => words::concludes(content),
            (true, true) => words::read_concludes(content),
        };
        if commits { Answer::Hold(Held::Commits) } else { Answer::Pass }
    }

    /// Whether an action, or the page as it stands, explains a request.
    fn explains(&self, request: &Outgoing<'_>) -> bool {
        let reads = request.method.is_safe();
        let browses = !self.details_in && !self.before_submit && matches!(self.lock, Lock::Closed);
        match (request.way, &self.window) {
            // What a script's button sends can't be judged before it is pressed: the second look decides.
            (Way::Part, _) if reads || browses => true,
            (Way::Part | Way::Navigation, Some(window)) if window.scripts == Scripts::OnlyReads && !reads => {
                false
            }
            (Way::Part, Some(window)) if window.left => false,
            (Way::Part, Some(window)) if window.scripts == Scripts::Elsewhere => true,
            // A form's own script may look for something elsewhere, and a script's button may lead anywhere.
            (Way::Navigation, Some(window))
                if window.scripts != Scripts::AsJudged
                    && !window.left
                    && (window.target.is_none() || (browses && reads)) =>
            {
                true
            }
            (Way::Navigation, Some(window)) => {
                window.target.as_ref().is_some_and(|target| goes_to(request, target))
            }
            // Before the guest is known, a page may go where it likes, as long as it only reads.
            (Way::Navigation | Way::Hop, None) => browses && reads,
            (Way::Hop, Some(_)) | (Way::Frame, _) => reads,
            (Way::Part, Some(window)) => window.target.as_ref().is_none_or(|target| goes_to(request, target)),
            (Way::Part, None) | (Way::Channel, _) => false,
        }
    }

    /// Whether a request only asks for the page that is there again, as it was read before.
    fn asks_again(&self, request: &Outgoing<'_>) -> bool {
        let again = self.window.as_ref().and_then(|window| window.again.as_ref());
        request.way == Way::Navigation && again.is_some_and(|page| page == request.url)
    }

    /// Whether a step to the page where one pays is what happens now: a form was sent on to it, or a control said that it
    /// leads there.
    fn leads_to_payment(&self, way: Way) -> bool {
        let said = self.window.as_ref().is_some_and(|window| window.to_payment);
        (way == Way::Navigation && said) || (way == Way::Hop && self.window.is_some())
    }

    /// Why a request waits for a permit, as far as the page tells.
    fn holds(&self, request: &Outgoing<'_>) -> Option<Held> {
        let reads = request.method.is_safe();
        let of_action = self.window.as_ref().and_then(|window| window.held);
        match request.way {
            Way::Navigation if reads => of_action,
            Way::Navigation => of_action.or(self.at_payment),
            Way::Part if !reads => of_action.or(self.at_payment),
            Way::Part | Way::Hop | Way::Frame | Way::Channel => None,
        }
    }

    fn sight<'a>(&'a self, seen: &'a Observation) -> Sight<'a> {
        let done = matches!(self.lock, Lock::Used { .. });
        Sight { seen, mask: &self.mask, details_in: self.details_in, done }
    }
}
