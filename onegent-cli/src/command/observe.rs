//! `onegent observe`: a page as the agent sees it, to write playbooks with and to find bugs with.

use std::sync::Arc;

use anyhow::Context as _;
use onegent_core::time::{Clock, SystemClock};
use onegent_engine::browser::choice::Browsers;
use onegent_engine::browser::inspect::{Inspection, inspect};
use onegent_engine::browser::observation::{Field, FieldKind, Form, Observation, Target};
use onegent_engine::browser::reference::Ref;
use onegent_engine::network::NetworkPolicy;

use crate::args::{Common, Observe};
use crate::exit::{Exit, Hinted};
use crate::output::{json, line};

/// Opens the page, prints it, and closes the browser.
pub(crate) async fn run(observe: Observe, common: &Common) -> anyhow::Result<Exit> {
    let Observe { url, origin, screenshot, browser } = observe;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let browsers = Browsers::new(&browser.choice()?, &clock)?;
    // A picture takes a real browser, whatever the page is.
    let opener = browsers.of(screenshot.is_some());
    let inspected = inspect(opener, url.clone(), policy(&url, &origin), screenshot.is_some()).await;
    browsers.close().await;
    let Inspection { seen, marks, picture } = inspected.with_context(|| format!("can't observe {url}"))?;
    if let (Some(file), Some(picture)) = (&screenshot, picture) {
        let written = std::fs::write(file, picture);
        written.map_err(|error| {
            Hinted::new(format!("can't write {}: {error}", file.display()), "choose another file")
        })?;
    }
    if common.json {
        let numbers: Vec<_> = marks.iter().zip(1..).map(|(of, number): (_, u32)| (number, of)).collect();
        json(&serde_json::json!({ "page": seen, "marks": numbers }))?;
    } else {
        print(&seen, &marks)?;
    }
    Ok(Exit::Done)
}

/// A page on this machine is a practice site; any other has to be a public one.
fn policy(url: &url::Url, more: &[url::Url]) -> NetworkPolicy {
    let origins = std::iter::once(url).chain(more).map(url::Url::origin);
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if here { NetworkPolicy::sandbox(origins) } else { NetworkPolicy::site(origins) }
}

fn print(seen: &Observation, marks: &[Ref]) -> std::io::Result<()> {
    let number = |of: &Ref| marks.iter().position(|mark| mark == of).map_or(0, |place| place + 1);
    for page in seen.all() {
        line(format_args!("{} {}\n    {}", page.status, page.url, page.title))?;
        if let Some(mark) = page.progress {
            line(format_args!("step {} of {}", mark.current, mark.total))?;
        }
        for heading in &page.headings {
            line(format_args!("heading  {heading}"))?;
        }
        for message in &page.messages {
            line(format_args!("{}  {}", if message.alert { "alert  " } else { "message" }, message.text))?;
        }
        for dialog in &page.dialogs {
            line(format_args!("dialog   {}", dialog.name))?;
        }
        for form in page.forms.iter().filter(|form| !form.fields.is_empty() || !form.buttons.is_empty()) {
            print_form(form, &number)?;
        }
        for link in &page.links {
            line(format_args!("[{}] link {:?} -> {}", number(&link.reference), link.name, link.url))?;
        }
        for price in &page.prices {
            line(format_args!("price    {} {} {}", price.label, price.amount, price.suffix))?;
        }
        for detail in &page.details {
            line(format_args!("detail   {}: {}", detail.label, detail.value))?;
        }
        for frame in &page.frames {
            let read = if frame.seen.is_some() { "" } else { " (not read)" };
            line(format_args!("frame    {:?} {}{read}", frame.title, frame.origin))?;
        }
        line("")?;
    }
    Ok(())
}

fn print_form(form: &Form, number: &impl Fn(&Ref) -> usize) -> std::io::Result<()> {
    line(format_args!("form {:?}{}", form.name, sends(form.target.as_ref())))?;
    for field in &form.fields {
        line(format_args!("  [{}] {}", number(&field.reference), told(field)))?;
    }
    for button in &form.buttons {
        let state = if button.disabled { " (disabled)" } else { "" };
        let target = sends(button.target.as_ref());
        line(format_args!("  [{}] button {:?}{target}{state}", number(&button.reference), button.name))?;
    }
    Ok(())
}

fn sends(target: Option<&Target>) -> String {
    target.map_or_else(String::new, |to| format!(" -> {:?} {}", to.method, to.url))
}

fn told(field: &Field) -> String {
    let mut told = vec![format!("{:?} {:?}", field.kind, field.label).to_lowercase()];
    for (name, value) in [
        ("near", &field.near),
        ("name", &field.name),
        ("autocomplete", &field.autocomplete),
        ("placeholder", &field.placeholder),
    ] {
        if !value.is_empty() {
            told.push(format!("{name}={value:?}"));
        }
    }
    if field.kind == FieldKind::Password {
        return told.join(" ");
    }
    if field.kind != FieldKind::Checkbox && !field.value.is_empty() {
        told.push(format!("holds {:?}", field.value));
    }
    let ticked = field.kind == FieldKind::Checkbox && field.checked;
    let marks = [("ticked", ticked), ("required", field.required), ("disabled", field.disabled)];
    told.extend(marks.iter().filter(|(_, set)| *set).map(|(mark, _)| (*mark).to_owned()));
    if !field.options.is_empty() {
        let some: Vec<_> = field.options.iter().take(8).map(|choice| choice.label.as_str()).collect();
        let more = field.options.len().saturating_sub(8);
        told.push(format!("of {some:?}"));
        if more > 0 {
            told.push(format!("and {more} more"));
        }
    }
    told.join(" ")
}
