//! Forms: what can be filled in them, what is sent with them, and what can be pressed.

use scraper::ElementRef;
use url::Url;

use super::content::is_dialog;
use super::dom::{Dom, ancestors, attr, attr_or_empty, inside, is_offered, tag, text_of};
use super::name::{control_name, field_name, group_name, legend, other_names, text_before};
use crate::browser::observation::{
    Button, Carried, Choice, Constraints, Field, FieldKind, Form, Method, Target,
};
use crate::browser::reference::{FramePath, Ref};

const MOST_OPTIONS: usize = 1000;
/// What further dialogs hold counts as the page's.
const MOST_DIALOGS: usize = 50;

/// Something in a form that has a value, shown or not. A form sends these in document order.
#[derive(Debug, Clone)]
pub(in crate::browser) struct Control {
    pub(in crate::browser) node: u32,
    /// The place of its form among the observation's forms.
    pub(in crate::browser) form: usize,
    pub(in crate::browser) name: String,
    pub(in crate::browser) kind: ControlKind,
    pub(in crate::browser) value: String,
    /// Ticked, or chosen among its radio buttons.
    pub(in crate::browser) checked: bool,
    pub(in crate::browser) disabled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browser) enum ControlKind {
    /// Sends its value.
    Plain,
    /// Sends its value while it is checked.
    Box,
    /// The same, one at a time with its fellows of the same name.
    Radio,
}

/// How a form is sent, besides what the observation says.
#[derive(Debug, Clone)]
pub(in crate::browser) struct Sending {
    pub(in crate::browser) action: Url,
    /// Whether it navigates the whole page out of its frame.
    pub(in crate::browser) whole_page: bool,
    /// Whether it is sent url-encoded; the only encoding that is spoken here.
    pub(in crate::browser) encoded: bool,
}

/// A button and what it adds to the form.
#[derive(Debug, Clone)]
pub(in crate::browser) struct Presser {
    pub(in crate::browser) node: u32,
    pub(in crate::browser) form: usize,
    pub(in crate::browser) adds: Option<(String, String)>,
    /// `formaction`, with its query.
    pub(in crate::browser) action: Option<Url>,
}

/// All the forms of a page.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) seen: Vec<Form>,
    pub(super) sending: Vec<Option<Sending>>,
    pub(super) controls: Vec<Control>,
    pub(super) pressers: Vec<Presser>,
}

/// Reads all forms of a page.
pub(super) fn read(dom: &Dom<'_>, base: &Url, frame: &FramePath) -> Forms {
    let elements: Vec<_> = dom.elements().filter(|element| tag(*element) == "form").collect();
    let mut forms = Forms::default();
    for element in &elements {
        forms.add_form(dom, *element, base, frame);
    }
    // What a script's dialog holds belongs together, and not to the page behind it.
    let dialogs: Vec<_> = dom.elements().filter(|element| is_dialog(*element)).take(MOST_DIALOGS).collect();
    for dialog in dialogs.iter().copied().map(Some).chain([None]) {
        forms.seen.push(Form {
            reference: None,
            target: None,
            name: dialog.map_or_else(String::new, |dialog| group_name(dom, dialog, &HEADINGS)),
            in_dialog: dialog.is_some(),
            fields: Vec::new(),
            carries: Vec::new(),
            buttons: Vec::new(),
        });
        forms.sending.push(None);
    }
    for element in dom.elements() {
        let owner = owner_of(dom, element).and_then(|id| elements.iter().position(|form| form.id() == id));
        let around = || ancestors(element).find(|around| is_dialog(*around));
        let dialog = || around().and_then(|own| dialogs.iter().position(|other| other.id() == own.id()));
        let loose = || elements.len() + dialog().unwrap_or(dialogs.len());
        forms.add_control(dom, element, owner.unwrap_or_else(loose), base, frame);
    }
    forms.drop_empty(elements.len());
    forms
}

const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// The form that a control belongs to: by its `form` attribute, else the one around it.
fn owner_of(dom: &Dom<'_>, element: ElementRef<'_>) -> Option<ego_tree::NodeId> {
    match attr(element, "form") {
        Some(id) => dom.by_id(id).map(|form| form.id()),
        None => ancestors(element).find(|around| tag(*around) == "form").map(|form| form.id()),
    }
}

impl Forms {
    /// Without the dialogs, from the `first` on, that hold nothing.
    fn drop_empty(&mut self, first: usize) {
        for place in (first..self.seen.len().saturating_sub(1)).rev() {
            if self.seen[place].fields.is_empty() && self.seen[place].buttons.is_empty() {
                let held = self.controls.iter().any(|control| control.form == place);
                if held {
                    continue;
                }
                self.seen.remove(place);
                self.sending.remove(place);
                let below = |form: &mut usize| *form -= usize::from(*form > place);
                self.controls.iter_mut().for_each(|control| below(&mut control.form));
                self.pressers.iter_mut().for_each(|presser| below(&mut presser.form));
            }
        }
    }

    fn add_form(&mut self, dom: &Dom<'_>, element: ElementRef<'_>, base: &Url, frame: &FramePath) {
        let action = attr(element, "action").map_or("", str::trim);
        let action = base.join(action).unwrap_or_else(|_| base.clone());
        let method = method_of(attr(element, "method"));
        let name = group_name(dom, element, &["h1", "h2", "h3", "h4", "h5", "h6", "legend"]);
        let signature = format!("form|{name}|{}", action.path());
        let whole_page = matches!(attr(element, "target"), Some("_top" | "_parent"));
        let encoded = attr(element, "enctype")
            .is_none_or(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded"));
        self.seen.push(Form {
            reference: Some(Ref { frame: frame.clone(), node: dom.number(element), signature }),
            target: Some(Target::new(method, &action)),
            name,
            in_dialog: is_dialog(element) || ancestors(element).any(is_dialog),
            fields: Vec::new(),
            carries: carried_by(&action),
            buttons: Vec::new(),
        });
        self.sending.push(Some(Sending { action, whole_page, encoded }));
    }

    fn add_control(
        &mut self,
        dom: &Dom<'_>,
        element: ElementRef<'_>,
        form: usize,
        base: &Url,
        frame: &FramePath,
    ) {
        let kind = attr(element, "type").unwrap_or_default().to_ascii_lowercase();
        match tag(element) {
            "button" if kind != "reset" => self.add_button(dom, element, form, base, frame, kind != "button"),
            "input" => match kind.as_str() {
                "submit" | "image" => self.add_button(dom, element, form, base, frame, true),
                "button" => self.add_button(dom, element, form, base, frame, false),
                "reset" => {}
                _ => self.add_field(dom, element, form, &kind, frame),
            },
            "select" | "textarea" => self.add_field(dom, element, form, &kind, frame),
            _ if is_pressed(element) => self.add_button(dom, element, form, base, frame, false),
            _ => {}
        }
    }

    fn add_button(
        &mut self,
        dom: &Dom<'_>,
        element: ElementRef<'_>,
        form: usize,
        base: &Url,
        frame: &FramePath,
        sends: bool,
    ) {
        if !is_offered(element) {
            return;
        }
        let name = control_name(dom, element);
        let node = dom.number(element);
        let action = attr(element, "formaction").and_then(|own| base.join(own.trim()).ok());
        let target = self.seen[form].target.as_ref().filter(|_| sends).map(|target| Target {
            method: attr(element, "formmethod").map_or(target.method, |own| method_of(Some(own))),
            url: action.as_ref().map_or_else(|| target.url.clone(), |own| Target::new(Method::Get, own).url),
        });
        let own = attr_or_empty(element, "name");
        let signature = format!("button|{name}|{own}={}", attr_or_empty(element, "value"));
        let reference = Ref { frame: frame.clone(), node, signature };
        let disabled = is_disabled(element);
        let says = other_names(dom, element);
        let value = attr_or_empty(element, "value");
        let named = (!own.is_empty()).then(|| Carried { name: own.clone(), value });
        let adds = named.into_iter().chain(action.iter().flat_map(carried_by)).collect();
        self.seen[form].buttons.push(Button { reference, name, says, adds, target, disabled });
        let adds = (!own.is_empty()).then(|| (own, attr(element, "value").unwrap_or_default().to_owned()));
        self.pressers.push(Presser { node, form, adds, action });
    }

    fn add_field(
        &mut self,
        dom: &Dom<'_>,
        element: ElementRef<'_>,
        form: usize,
        kind: &str,
        frame: &FramePath,
    ) {
        let kind = kind_of(tag(element), kind);
        let node = dom.number(element);
        let options = if kind == Some(FieldKind::Select) { options_of(element) } else { Vec::new() };
        let checked = attr(element, "checked").is_some();
        let value = initial_value(element, kind);
        let name = attr_or_empty(element, "name");
        let disabled = is_disabled(element);
        self.controls.push(Control {
            node,
            form,
            name: name.clone(),
            kind: match kind {
                Some(FieldKind::Checkbox) => ControlKind::Box,
                Some(FieldKind::Radio) => ControlKind::Radio,
                _ => ControlKind::Plain,
            },
            value: value.clone(),
            checked,
            disabled,
        });
        let Some(kind) = kind.filter(|_| is_offered(element)) else {
            let sends = !disabled && !name.is_empty() && (checked || !is_ticked(element));
            self.seen[form].carries.extend(sends.then_some(Carried { name, value }));
            return;
        };
        let label = field_name(dom, element);
        if kind == FieldKind::Radio
            && let Some(group) = self.seen[form]
                .fields
                .iter_mut()
                .find(|field| field.kind == FieldKind::Radio && field.name == name)
        {
            if checked {
                group.value.clone_from(&value);
            }
            group.required |= attr(element, "required").is_some();
            group.options.push(Choice { value, label });
            return;
        }
        let group = legend(dom, element);
        // An example of what to type is a name to whoever hears the page, and says little beside the text before it.
        let label_is_missing =
            label.is_empty() || attr(element, "placeholder").is_some_and(|own| own.trim() == label);
        let radio = kind == FieldKind::Radio;
        let shown = if radio && !group.is_empty() { group.clone() } else { label.clone() };
        let id = attr_or_empty(element, "id");
        let signature = format!("{kind:?}|{shown}|{name}#{id}");
        self.seen[form].fields.push(Field {
            reference: Ref { frame: frame.clone(), node, signature },
            kind,
            label: shown,
            group,
            near: if label_is_missing { text_before(element) } else { String::new() },
            name,
            id,
            autocomplete: attr_or_empty(element, "autocomplete").to_ascii_lowercase(),
            placeholder: attr_or_empty(element, "placeholder"),
            options: if radio { vec![Choice { value: value.clone(), label }] } else { options },
            suggestions: suggestions_of(dom, element),
            value: if radio && !checked { String::new() } else { value },
            checked: !radio && checked,
            required: attr(element, "required").is_some() || attr(element, "aria-required") == Some("true"),
            disabled: disabled || attr(element, "readonly").is_some() || is_folded_away(element),
            constraints: constraints_of(element),
            message: message_of(dom, element),
        });
    }
}

/// Whether something that is neither a control nor a link is made to be pressed.
pub(super) fn is_pressed(element: ElementRef<'_>) -> bool {
    let own = matches!(tag(element), "button" | "input" | "select" | "textarea" | "label" | "option");
    let link = matches!(tag(element), "a" | "area") && attr(element, "href").is_some();
    let reacts = attr(element, "role") == Some("button") || attr(element, "onclick").is_some();
    !own && !link && reacts && !matches!(tag(element), "body" | "html" | "form")
}

/// The query of an address.
fn carried_by(action: &Url) -> Vec<Carried> {
    let pairs = action.query_pairs().into_owned();
    pairs.map(|(name, value)| Carried { name, value }).collect()
}

/// Whether an input sends its value only while it is ticked.
fn is_ticked(element: ElementRef<'_>) -> bool {
    attr(element, "type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox") || kind.eq_ignore_ascii_case("radio"))
}

fn method_of(attribute: Option<&str>) -> Method {
    if attribute.is_some_and(|method| method.eq_ignore_ascii_case("post")) {
        Method::Post
    } else {
        Method::Get
    }
}

/// What a field takes; `None` for hidden ones.
fn kind_of(tag: &str, kind: &str) -> Option<FieldKind> {
    Some(match (tag, kind) {
        ("select", _) => FieldKind::Select,
        ("textarea", _) => FieldKind::LongText,
        (_, "hidden") => return None,
        (_, "search") => FieldKind::Search,
        (_, "email") => FieldKind::Email,
        (_, "tel") => FieldKind::Tel,
        (_, "url") => FieldKind::Url,
        (_, "number") => FieldKind::Number,
        (_, "date") => FieldKind::Date,
        (_, "time") => FieldKind::Time,
        (_, "password") => FieldKind::Password,
        (_, "file") => FieldKind::File,
        (_, "checkbox") => FieldKind::Checkbox,
        (_, "radio") => FieldKind::Radio,
        (_, "month" | "week" | "datetime-local" | "color" | "range") => FieldKind::Other,
        _ => FieldKind::Text,
    })
}

fn initial_value(element: ElementRef<'_>, kind: Option<FieldKind>) -> String {
    match kind {
        Some(FieldKind::Checkbox | FieldKind::Radio) => attr(element, "value").unwrap_or("on").to_owned(),
        Some(FieldKind::LongText) => element.text().collect::<String>().trim_start_matches('\n').to_owned(),
        Some(FieldKind::Select) => {
            let offered = || {
                inside(element).filter(|inner| tag(*inner) == "option" && attr(*inner, "disabled").is_none())
            };
            let chosen = inside(element)
                .filter(|inner| tag(*inner) == "option" && attr(*inner, "selected").is_some())
                .last()
                .or_else(|| offered().next());
            chosen.map(option_value).unwrap_or_default()
        }
        _ => attr(element, "value").unwrap_or_default().to_owned(),
    }
}

fn option_value(option: ElementRef<'_>) -> String {
    attr(option, "value").map_or_else(|| text_of(option), str::to_owned)
}

fn options_of(select: ElementRef<'_>) -> Vec<Choice> {
    let offered = inside(select).filter(|inner| {
        tag(*inner) == "option" && attr(*inner, "disabled").is_none() && attr(*inner, "hidden").is_none()
    });
    let read = offered.map(|option| {
        let label = attr(option, "label").map_or_else(|| text_of(option), str::to_owned);
        Choice { value: option_value(option), label }
    });
    // The chosen one counts, however many stand before it.
    let chosen = initial_value(select, Some(FieldKind::Select));
    let mut place = 0;
    read.filter(|choice| {
        place += 1;
        place <= MOST_OPTIONS || choice.value == chosen
    })
    .collect()
}

fn suggestions_of(dom: &Dom<'_>, element: ElementRef<'_>) -> Vec<String> {
    let list = attr(element, "list").and_then(|id| dom.by_id(id)).filter(|list| tag(*list) == "datalist");
    let options = list.into_iter().flat_map(inside).filter(|inner| tag(*inner) == "option");
    options.map(option_value).take(MOST_OPTIONS).collect()
}

fn constraints_of(element: ElementRef<'_>) -> Constraints {
    let own = |name| attr(element, name).map(str::to_owned);
    Constraints {
        min: own("min"),
        max: own("max"),
        step: own("step"),
        pattern: own("pattern"),
        input_mode: own("inputmode"),
        max_length: attr(element, "maxlength").and_then(|most| most.parse().ok()),
    }
}

/// What the page says is wrong: the description of a field that is marked as invalid, or its `aria-errormessage`.
fn message_of(dom: &Dom<'_>, element: ElementRef<'_>) -> Option<String> {
    if attr(element, "aria-invalid").is_none_or(|invalid| invalid == "false") {
        return None;
    }
    let ids = attr(element, "aria-errormessage").or(attr(element, "aria-describedby")).unwrap_or_default();
    Some(dom.text_by_ids(ids))
}

/// Whether it stands in a part of the page that is folded up: it is sent as it stands, and takes nothing.
fn is_folded_away(element: ElementRef<'_>) -> bool {
    let closed = |around: ElementRef<'_>| tag(around) == "details" && attr(around, "open").is_none();
    let summary = ancestors(element).any(|around| tag(around) == "summary");
    !summary && ancestors(element).any(closed)
}

fn is_disabled(element: ElementRef<'_>) -> bool {
    attr(element, "disabled").is_some()
        || (is_pressed(element) && attr(element, "aria-disabled") == Some("true"))
        || ancestors(element).any(|around| tag(around) == "fieldset" && attr(around, "disabled").is_some())
}
