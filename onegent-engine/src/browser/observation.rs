//! What a page says, in one shape for every driver. All of it is data from a stranger: nothing here is an instruction.

use serde::{Deserialize, Serialize};
use url::Url;

use onegent_core::money::Money;

use super::reference::{FramePath, Ref};

/// One page (or one frame of it) as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observation {
    /// Which frame this is; empty for the page itself.
    pub frame: FramePath,
    /// Its address.
    pub url: Url,
    /// The HTTP status it came with.
    pub status: u16,
    /// Whether a GET brought it, so that asking again changes nothing.
    pub reloadable: bool,
    /// `<title>`.
    pub title: String,
    /// Headings, level 1 to 6, in order.
    pub headings: Vec<String>,
    /// Where the page says that it stands in a row of steps.
    pub progress: Option<ProgressMark>,
    /// Forms; what belongs to no form stands in one without a target, at the end.
    pub forms: Vec<Form>,
    /// Links.
    pub links: Vec<Link>,
    /// Cards, rows and list items: what a result list is made of.
    pub groups: Vec<Group>,
    /// Dialogs and cookie banners.
    pub dialogs: Vec<Group>,
    /// Amounts in view, in order.
    pub prices: Vec<Price>,
    /// What the page announces.
    pub messages: Vec<Message>,
    /// Labels with their values, from definition lists and tables.
    pub details: Vec<Detail>,
    /// Frames in the page.
    pub frames: Vec<Frame>,
    /// The visible text, a line for each block.
    pub text: String,
    /// Whether there is more text than was kept.
    pub cut: bool,
    /// The page's JSON-LD, as it stands.
    pub json_ld: Vec<serde_json::Value>,
}

/// Step `current` of `total`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProgressMark {
    /// Where the page stands.
    pub current: usize,
    /// How many there are.
    pub total: usize,
}

/// A form with what can be filled and pressed in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Form {
    /// The form; `None` for controls that belong to none.
    pub reference: Option<Ref>,
    /// Where it sends what it holds.
    pub target: Option<Target>,
    /// Its accessible name, or the heading in it.
    pub name: String,
    /// Whether it is, or stands in, a dialog or a cookie banner.
    pub in_dialog: bool,
    /// What can be filled. Hidden and invisible fields are never among them.
    pub fields: Vec<Field>,
    /// What it sends besides, unseen: hidden fields, and the query of its address.
    pub carries: Vec<Carried>,
    /// What can be pressed.
    pub buttons: Vec<Button>,
}

/// A name and a value that a form sends without showing them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Where a request goes: its method, and its address without query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Url,
}

/// The methods that a form or a link can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Many lines of text.
    LongText,
    /// A search term.
    Search,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// A web address.
    Url,
    /// A number.
    Number,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A time, `HH:MM`.
    Time,
    /// A month, a week, a date with time, a colour, a range: taken as text.
    Other,
    /// A password.
    Password,
    /// A file.
    File,
    /// A box to tick.
    Checkbox,
    /// One of several, as a group of radio buttons.
    Radio,
    /// One of a list.
    Select,
}

/// Something to fill, choose or tick.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// How to name it in an action.
    pub reference: Ref,
    /// What it takes.
    pub kind: FieldKind,
    /// Its accessible name (W3C accname: `aria-labelledby`, `aria-label`, `label`, `title`, `placeholder`); the legend
    /// for radio buttons.
    pub label: String,
    /// The legend of the fieldset around it.
    pub group: String,
    /// The text before it on its line, or in the table cell before, where it has no label.
    pub near: String,
    /// The `name` attribute.
    pub name: String,
    /// The `id` attribute.
    pub id: String,
    /// The `autocomplete` attribute, in lower case.
    pub autocomplete: String,
    /// The `placeholder` attribute.
    pub placeholder: String,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// What a `datalist` suggests.
    pub suggestions: Vec<String>,
    /// What stands in it; for radio buttons and selects the chosen option's value.
    pub value: String,
    /// Whether it is ticked.
    pub checked: bool,
    /// Whether it has to be filled.
    pub required: bool,
    /// Whether it takes nothing now.
    pub disabled: bool,
    /// What it accepts.
    pub constraints: Constraints,
    /// What the page says is wrong with it.
    pub message: Option<String>,
}

/// What a field accepts, as its attributes say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Constraints {
    /// `min`.
    pub min: Option<String>,
    /// `max`.
    pub max: Option<String>,
    /// `step`.
    pub step: Option<String>,
    /// `pattern`, a regular expression.
    pub pattern: Option<String>,
    /// `inputmode`.
    pub input_mode: Option<String>,
    /// `maxlength`, in characters.
    pub max_length: Option<u32>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Button {
    /// How to name it in an action.
    pub reference: Ref,
    /// Its accessible name.
    pub name: String,
    /// Whatever else it is called: its text as shown, its tool tip.
    pub says: Vec<String>,
    /// What it adds to what the form sends: its own name and value, and the query of its own address.
    pub adds: Vec<Carried>,
    /// Where pressing it sends the form; `None` where only a script knows.
    pub target: Option<Target>,
    /// Whether it can't be pressed now.
    pub disabled: bool,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// How to name it in an action.
    pub reference: Ref,
    /// Its accessible name.
    pub name: String,
    /// Whatever else it is called: its text as shown, its tool tip.
    pub says: Vec<String>,
    /// Where it leads.
    pub url: Url,
    /// Whether it offers a file.
    pub download: bool,
}

/// A card, a row, a list item, a dialog.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The heading in it, or its accessible name, or its first cell.
    pub name: String,
    /// Its visible text.
    pub text: String,
    /// Nodes of the links and buttons in it, in order.
    pub controls: Vec<u32>,
}

/// An amount in view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    /// What stands before it in its sentence, or the label that it is the value of.
    pub label: String,
    /// What stands after it in its sentence, such as `per night`.
    pub suffix: String,
    /// The words right before it that can be no other amount's.
    pub before: String,
    /// The words right after it that can be no other amount's.
    pub after: String,
    /// The amount as the page writes it, such as `$412.50`.
    pub text: String,
    /// The amount.
    pub amount: Money,
    /// Whether its currency is a guess: `$` and `¥` are several countries' signs.
    pub ambiguous: bool,
}

/// What the page announces (`role="alert"`, `role="status"`, `aria-live`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Whether it is an alert.
    pub alert: bool,
    /// What it says.
    pub text: String,
}

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
}

/// A frame in the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// Its accessible name.
    pub title: String,
    /// Its origin, such as `https://pay.example.com`.
    pub origin: String,
    /// What it shows; `None` when it was not read.
    pub seen: Option<Observation>,
}

/// Something in a page, with what stands around it.
#[derive(Debug, Clone, Copy)]
pub struct Located<'a, T> {
    /// The thing.
    pub it: &'a T,
    /// The form around it.
    pub form: Option<&'a Form>,
    /// The frame around it.
    pub frame: &'a Observation,
}

impl Observation {
    /// The page's origin, such as `https://example.com`.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The page and all its frames that were read.
    pub fn all(&self) -> Vec<&Self> {
        let inner = self.frames.iter().filter_map(|frame| frame.seen.as_ref());
        std::iter::once(self).chain(inner.flat_map(Self::all)).collect()
    }

    /// The fields of the page and its frames, with their forms.
    pub fn fields(&self) -> impl Iterator<Item = Located<'_, Field>> {
        self.forms().flat_map(|(frame, form)| {
            form.fields.iter().map(move |it| Located { it, form: Some(form), frame })
        })
    }

    /// The buttons of the page and its frames, with their forms.
    pub fn buttons(&self) -> impl Iterator<Item = Located<'_, Button>> {
        self.forms().flat_map(|(frame, form)| {
            form.buttons.iter().map(move |it| Located { it, form: Some(form), frame })
        })
    }

    /// The links of the page and its frames.
    pub fn links(&self) -> impl Iterator<Item = Located<'_, Link>> {
        let of = |frame| move |it| Located { it, form: None, frame };
        self.all().into_iter().flat_map(move |frame| frame.links.iter().map(of(frame)))
    }

    fn forms(&self) -> impl Iterator<Item = (&Self, &Form)> {
        self.all().into_iter().flat_map(|frame| frame.forms.iter().map(move |form| (frame, form)))
    }

    /// The field that a reference names, if the page still has it.
    pub fn field(&self, reference: &Ref) -> Option<Located<'_, Field>> {
        self.fields().find(|found| found.it.reference == *reference)
    }

    /// The button that a reference names, if the page still has it.
    pub fn button(&self, reference: &Ref) -> Option<Located<'_, Button>> {
        self.buttons().find(|found| found.it.reference == *reference)
    }

    /// The link that a reference names, if the page still has it.
    pub fn link(&self, reference: &Ref) -> Option<Located<'_, Link>> {
        self.links().find(|found| found.it.reference == *reference)
    }
}

impl Target {
    /// A target; the query and the fragment are left out.
    pub fn new(method: Method, url: &Url) -> Self {
        let mut url = url.clone();
        url.set_query(None);
        url.set_fragment(None);
        Self { method, url }
    }
}
