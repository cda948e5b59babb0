//! One loaded page: what was read of it once, what was filled in since, and what its forms send.

use url::Url;

use crate::browser::PageError;
use crate::browser::observation::{Field, FieldKind, Frame, Method, Observation};
use crate::browser::read::fields::{Control, ControlKind, Presser, Sending};
use crate::browser::read::{self, Origin, Reading};
use crate::browser::reference::{FramePath, Ref};

/// A loaded page or frame.
#[derive(Debug)]
pub(super) struct Document {
    /// As it was loaded; what was filled in since stands in `controls`.
    loaded: Observation,
    controls: Vec<Control>,
    sending: Vec<Option<Sending>>,
    pressers: Vec<Presser>,
    pub(super) frames: Vec<Inner>,
}

/// A frame in a page.
#[derive(Debug)]
pub(super) struct Inner {
    title: String,
    pub(super) src: Option<Url>,
    pub(super) document: Option<Document>,
}

/// What a pressed button sends.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) fields: Vec<(String, String)>,
    /// Whether it replaces the whole page, and not only the frame.
    pub(super) whole_page: bool,
}

impl Document {
    /// Reads a page. One that is too large or nests too deep is refused.
    pub(super) fn parse(html: &str, origin: Origin, frame: FramePath) -> Result<Self, PageError> {
        let html = read::parse(html)?;
        let Reading { seen, controls, sending, pressers, frames } = read::read(&html, origin, frame)?;
        let frames =
            frames.into_iter().map(|read::Inner { title, src, .. }| Inner { title, src, document: None });
        Ok(Self { loaded: seen, controls, sending, pressers, frames: frames.collect() })
    }

    /// What the page says now.
    pub(super) fn observe(&self) -> Observation {
        let mut seen = self.loaded.clone();
        for (place, form) in seen.forms.iter_mut().enumerate() {
            for field in &mut form.fields {
                self.fill_in(place, field);
            }
        }
        seen.frames = self
            .frames
            .iter()
            .map(|inner| Frame {
                title: inner.title.clone(),
                origin: inner.src.as_ref().map_or_else(String::new, |src| src.origin().ascii_serialization()),
                seen: inner.document.as_ref().map(Self::observe),
            })
            .collect();
        seen
    }

    fn fill_in(&self, form: usize, field: &mut Field) {
        if field.kind == FieldKind::Radio {
            let chosen = self.fellows(form, &field.name).find(|control| control.checked);
            field.value = chosen.map(|control| control.value.clone()).unwrap_or_default();
        } else if let Some(control) =
            self.controls.iter().find(|control| control.node == field.reference.node)
        {
            field.value.clone_from(&control.value);
            field.checked = control.checked;
        }
    }

    fn fellows<'a>(&'a self, form: usize, name: &'a str) -> impl Iterator<Item = &'a Control> {
        self.controls.iter().filter(move |control| {
            control.kind == ControlKind::Radio && control.form == form && control.name == name
        })
    }

    /// The document of a frame.
    pub(super) fn frame_mut(&mut self, path: &[u16]) -> Option<&mut Self> {
        match path {
            [] => Some(self),
            [place, rest @ ..] => {
                self.frames.get_mut(usize::from(*place))?.document.as_mut()?.frame_mut(rest)
            }
        }
    }

    /// The document of a frame.
    pub(super) fn frame(&self, path: &[u16]) -> Option<&Self> {
        match path {
            [] => Some(self),
            [place, rest @ ..] => self.frames.get(usize::from(*place))?.document.as_ref()?.frame(rest),
        }
    }

    fn field(&self, reference: &Ref) -> Result<(usize, &Field), PageError> {
        let of = |(place, form): (usize, &'_ crate::browser::observation::Form)| {
            form.fields.iter().position(|field| field.reference == *reference).map(|at| (place, at))
        };
        let (place, at) = self
            .loaded
            .forms
            .iter()
            .enumerate()
            .find_map(of)
            .ok_or_else(|| PageError::Stale(reference.clone()))?;
        Ok((place, &self.loaded.forms[place].fields[at]))
    }

    /// Puts a value into a field and reads it back.
    pub(super) fn fill(&mut self, reference: &Ref, value: &str) -> Result<(), PageError> {
        let (_, field) = self.field(reference)?;
        let one_line = field.kind != FieldKind::LongText;
        let too_long = field.constraints.max_length.is_some_and(|most| value.chars().count() > most as usize);
        let takes = !matches!(
            field.kind,
            FieldKind::Checkbox
                | FieldKind::Radio
                | FieldKind::Select
                | FieldKind::File
                | FieldKind::Password
        );
        if field.disabled || !takes || too_long || (one_line && value.contains(['\n', '\r'])) {
            return Err(PageError::NotTaken(reference.clone()));
        }
        let control = self.control_mut(reference)?;
        value.clone_into(&mut control.value);
        Ok(())
    }

    /// Chooses an option by its value.
    pub(super) fn choose(&mut self, reference: &Ref, option: &str) -> Result<(), PageError> {
        let (form, field) = self.field(reference)?;
        if field.disabled || !field.options.iter().any(|choice| choice.value == option) {
            return Err(PageError::NotTaken(reference.clone()));
        }
        if field.kind == FieldKind::Radio {
            let name = field.name.clone();
            for control in &mut self.controls {
                if control.kind == ControlKind::Radio && control.form == form && control.name == name {
                    control.checked = control.value == option;
                }
            }
            return Ok(());
        }
        option.clone_into(&mut self.control_mut(reference)?.value);
        Ok(())
    }

    /// Ticks or unticks a box.
    pub(super) fn check(&mut self, reference: &Ref, on: bool) -> Result<(), PageError> {
        let (_, field) = self.field(reference)?;
        if field.disabled || field.kind != FieldKind::Checkbox {
            return Err(PageError::NotTaken(reference.clone()));
        }
        self.control_mut(reference)?.checked = on;
        Ok(())
    }

    fn control_mut(&mut self, reference: &Ref) -> Result<&mut Control, PageError> {
        let found = self.controls.iter_mut().find(|control| control.node == reference.node);
        found.ok_or_else(|| PageError::Stale(reference.clone()))
    }

    /// Where a link leads.
    pub(super) fn link(&self, reference: &Ref) -> Result<Url, PageError> {
        let found = self.loaded.links.iter().find(|link| link.reference == *reference);
        found.map(|link| link.url.clone()).ok_or_else(|| PageError::Stale(reference.clone()))
    }

    /// What pressing a button sends: the form's controls in document order, and the button's own name and value
    /// (HTML, "constructing the entry list").
    pub(super) fn press(&self, reference: &Ref) -> Result<Sent, PageError> {
        let stale = || PageError::Stale(reference.clone());
        let (form, button) = self
            .loaded
            .forms
            .iter()
            .enumerate()
            .find_map(|(place, form)| {
                form.buttons
                    .iter()
                    .find(|button| button.reference == *reference)
                    .map(|button| (place, button))
            })
            .ok_or_else(stale)?;
        let presser = self
            .pressers
            .iter()
            .find(|presser| presser.form == form && presser.node == reference.node)
            .ok_or_else(stale)?;
        let sending = self
            .sending
            .get(form)
            .and_then(Option::as_ref)
            .ok_or(PageError::Unusable("the button sends nothing"))?;
        let target = button.target.as_ref().ok_or(PageError::Unusable("the button sends nothing"))?;
        if target.method == Method::Post && !sending.encoded {
            return Err(PageError::Unusable("the form is not sent url-encoded"));
        }
        let mut fields: Vec<_> =
            self.controls.iter().filter(|c| c.form == form).filter_map(Control::entry).collect();
        fields.extend(presser.adds.clone());
        let mut url = presser.action.clone().unwrap_or_else(|| sending.action.clone());
        url.set_fragment(None);
        if target.method == Method::Get {
            url.query_pairs_mut().clear().extend_pairs(&fields);
            fields.clear();
        }
        let whole_page = sending.whole_page || self.loaded.frame.is_top();
        Ok(Sent { method: target.method, url, fields, whole_page })
    }

    /// The page's own address.
    pub(super) fn url(&self) -> &Url {
        &self.loaded.url
    }
}

impl Control {
    fn entry(&self) -> Option<(String, String)> {
        let sends = self.kind == ControlKind::Plain || self.checked;
        (sends && !self.disabled && !self.name.is_empty()).then(|| (self.name.clone(), self.value.clone()))
    }
}
