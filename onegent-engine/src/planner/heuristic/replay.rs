//! Following a learned path: the same fields, buttons and links again, with what this request and this guest put there.
//!
//! What a field gets is decided as if the path were not there; the path says which field, which button, and in what order.
//! Where a page does not fit, or wants more than it did, the planner finds its own way, and takes the path up again where it
//! can.

use std::collections::HashMap;

use super::fill::fill;
use super::memory::Memory;
use super::press::handles;
use super::value::want;
use super::view::{FormView, Role, View};
use super::{act, attempt};
use crate::browser::action::{Action, Filling};
use crate::browser::observation::Field;
use crate::browser::reference::Ref;
use crate::planner::learned::{Course, Deed, FieldMark, LearnedPath, state};
use crate::planner::{Goal, Step};

/// How often the same press is repeated on a page that is as it was: once, as a page that is confirmed is read again first.
const MOST_PRESSES: usize = 2;

/// A path, and how far it was followed.
#[derive(Debug, Clone)]
pub(super) struct Replay {
    path: LearnedPath,
    /// The page that it is at, and what is to be done there first.
    page: usize,
    deed: usize,
    /// Whether something was taken there by what the request asks for.
    took: bool,
    /// Where presses stood, by what the page was like then, and how often they were made.
    pressed: HashMap<[u8; 32], (usize, usize, usize)>,
    pub(super) course: Course,
}

impl Replay {
    pub(super) fn new(path: LearnedPath) -> Self {
        Self { path, page: 0, deed: 0, took: false, pressed: HashMap::new(), course: Course::default() }
    }
}

/// The path's next step on this page; `None` where there is no path, or it does not fit here.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let mut replay = memory.replay.take()?;
    let step = replay.step(view, goal, memory).filter(|step| matches!(step, Step::Act { .. }));
    if step.is_some() {
        replay.course.followed += 1;
    } else {
        replay.course.found += 1;
    }
    memory.replay = Some(replay);
    step
}

impl Replay {
    fn step(&mut self, view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
        let now = state(view.seen);
        if let Some((page, deed, times)) = self.pressed.get(&now)
            && *times < MOST_PRESSES
        {
            (self.page, self.deed) = (*page, *deed);
        }
        let here = (self.page..self.path.pages.len()).find(|page| self.fits(*page, view))?;
        if here != self.page {
            (self.page, self.deed, self.took) = (here, 0, false);
        }
        let deeds = self.path.pages[here].deeds.clone();
        for (place, learned) in deeds.iter().enumerate().skip(self.deed) {
            let word = &learned.step;
            match &learned.what {
                Deed::Take {}
                    if self.took && deeds.get(place + 1).is_some_and(|next| is_there(&next.what, view)) =>
                {
                    (self.deed, self.took) = (place + 1, false);
                }
                Deed::Take {} => {
                    self.took = true;
                    return attempt(view, goal, memory);
                }
                Deed::Press { .. } | Deed::Follow { .. } => {
                    let action = handle(&learned.what, view)?;
                    if !memory.is_new(view.seen, &action) || wants_more(&action, view, goal) {
                        return None;
                    }
                    if form_of(&action, view).is_some_and(|form| form.role == Role::Search) {
                        memory.searched = true;
                    }
                    self.pressed.entry(now).or_insert((here, self.deed, 0)).2 += 1;
                    (self.deed, self.took) = (place + 1, false);
                    return Some(act(action, word));
                }
                Deed::FillSlot { field, .. }
                | Deed::Fill { field }
                | Deed::Choose { field }
                | Deed::Tick { field, .. } => {
                    let (form, place) = find(field, view)?;
                    let field = &form.form.fields[place];
                    match fill(field, want(form, place, goal), form, view, goal) {
                        None => {}
                        Some(Step::Act { action, remark, .. }) if same_kind(&action, &learned.what) => {
                            return Some(Step::Act { action, word: word.clone(), remark });
                        }
                        Some(_) => return None,
                    }
                }
            }
        }
        None
    }

    fn fits(&self, page: usize, view: &View<'_>) -> bool {
        let page = &self.path.pages[page];
        let path = view.seen.url.path();
        let parts = || page.path.split('/').zip(path.split('/'));
        let same = page.path.split('/').count() == path.split('/').count()
            && parts().all(|(known, found)| known == "*" || known == found);
        let heading = page.heading.as_ref().is_none_or(|heading| {
            view.seen
                .headings
                .first()
                .is_some_and(|found| found.split_whitespace().eq(heading.split_whitespace()))
        });
        same && heading
    }
}

fn find<'v, 'a>(mark: &FieldMark, view: &'v View<'a>) -> Option<(&'v FormView<'a>, usize)> {
    let is_it = |field: &Field| {
        let label = mark.label.is_empty() || field.label.split_whitespace().eq(mark.label.split_whitespace());
        let name = mark.name.is_empty() || field.name == mark.name;
        field.kind == mark.kind && label && name && !field.disabled
    };
    // A newsletter's field is none of a booking, whatever it is called.
    let forms = view.forms.iter().filter(|form| form.role != Role::Aside);
    let all = forms.flat_map(|form| (0..form.form.fields.len()).map(move |place| (form, place)));
    let mut found = all.filter(|(form, place)| is_it(&form.form.fields[*place]));
    // Which of two is meant is for the planner to find out.
    found.next().filter(|_| found.next().is_none())
}

/// The one button or link of the name.
fn handle(deed: &Deed, view: &View<'_>) -> Option<Action> {
    let (wanted, link) = match deed {
        Deed::Press { button } => (button, false),
        Deed::Follow { link } => (link, true),
        Deed::FillSlot { .. }
        | Deed::Fill { .. }
        | Deed::Choose { .. }
        | Deed::Tick { .. }
        | Deed::Take {} => {
            return None;
        }
    };
    let named = |name: &str| name.split_whitespace().eq(wanted.split_whitespace());
    let mut found = handles_of(view).into_iter().filter(|(_, name, is_link)| *is_link == link && named(name));
    let (reference, ..) = found.next().filter(|_| found.next().is_none())?;
    Some(if link { Action::Follow { link: reference } } else { Action::Press { button: reference } })
}

fn handles_of(view: &View<'_>) -> Vec<(Ref, String, bool)> {
    view.seen
        .all()
        .into_iter()
        .flat_map(handles)
        .map(|handle| (handle.reference.clone(), handle.name.to_owned(), handle.link))
        .collect()
}

fn is_there(deed: &Deed, view: &View<'_>) -> bool {
    match deed {
        Deed::FillSlot { field, .. }
        | Deed::Fill { field }
        | Deed::Choose { field }
        | Deed::Tick { field, .. } => find(field, view).is_some(),
        Deed::Press { .. } | Deed::Follow { .. } => handle(deed, view).is_some(),
        Deed::Take {} => false,
    }
}

fn form_of<'v, 'a>(action: &Action, view: &'v View<'a>) -> Option<&'v FormView<'a>> {
    let Action::Press { button } = action else { return None };
    view.forms.iter().find(|form| form.form.buttons.iter().any(|own| own.reference == *button))
}

/// Whether the button's form has something to fill in that the path knows nothing of.
fn wants_more(action: &Action, view: &View<'_>, goal: &Goal) -> bool {
    let Some(form) = form_of(action, view).filter(|form| form.role != Role::Payment) else { return false };
    let open = |(place, field): (usize, &Field)| {
        !field.disabled && fill(field, want(form, place, goal), form, view, goal).is_some()
    };
    form.form.fields.iter().enumerate().any(open)
}

/// Whether it is the same that goes into the field, as far as the path says.
fn same_kind(action: &Action, deed: &Deed) -> bool {
    match (action, deed) {
        (Action::Fill { value: Filling::Slot(slot), .. }, Deed::FillSlot { slot: known, .. }) => {
            slot == known
        }
        (Action::Fill { value: Filling::Text(_), .. }, Deed::Fill { .. })
        | (Action::Choose { .. }, Deed::Choose { .. }) => true,
        (Action::Check { on, .. }, Deed::Tick { on: known, .. }) => on == known,
        _ => false,
    }
}
