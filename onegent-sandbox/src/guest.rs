//! Guest forms: each site asks in its own words.

use jiff::civil::date;

use crate::{
    Site,
    form::{Control, Field, Form, complain, read_all},
};

/// Who books. The address stays in memory with the visit, and without `Debug` out of logs; the ledger
/// keeps its fingerprint.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) email: String,
}

/// Fields under one legend.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) legend: String,
    pub(crate) fields: Vec<Field>,
}

impl Group {
    fn new(legend: &str, fields: Vec<Field>) -> Self {
        Self { legend: legend.to_owned(), fields }
    }
}

/// The empty guest form of a site, for a party of that many.
pub(crate) fn form(site: Site, party: u32) -> Vec<Group> {
    match site {
        Site::Table => vec![
            Group::new("Guest", table()),
            Group::new(
                "Agreement",
                vec![
                    Field::new("terms", "I accept the terms and the cancellation policy", tick(false)),
                    Field::new("newsletter", "Send me the Suppertide newsletter", tick(false)).optional(),
                ],
            ),
        ],
        Site::Stay => vec![
            Group::new("Main guest", stay()),
            Group::new(
                "Conditions",
                vec![
                    Field::new("conditions", "I have read the booking conditions", tick(false)),
                    Field::new("offers", "Send me offers", tick(true)).optional(),
                ],
            ),
        ],
        Site::Air => air(party),
        Site::Tours => vec![
            Group::new("Lead participant", tours()),
            Group::new(
                "Terms",
                vec![
                    Field::new("agree", "I agree to the booking terms", tick(false)),
                    Field::new("updates", "Send me travel ideas", tick(false)).optional(),
                ],
            ),
        ],
    }
}

/// Reads a guest form, or gives it back with its errors.
pub(crate) fn read(site: Site, party: u32, form_sent: &Form) -> Result<Guest, Vec<Group>> {
    let mut groups = form(site, party);
    let mut good = true;
    for group in &mut groups {
        good &= read_all(&mut group.fields, form_sent);
    }
    let mail = form_sent.get("mail");
    if site == Site::Stay && good && !mail.eq_ignore_ascii_case(form_sent.get("mail_repeat")) {
        for group in &mut groups {
            complain(&mut group.fields, "mail_repeat", "The addresses differ.");
        }
        good = false;
    }
    if !good {
        return Err(groups);
    }
    let both = |given: &str, family: &str, email: &str| Guest {
        name: format!("{} {}", form_sent.get(given), form_sent.get(family)),
        family: form_sent.get(family).to_owned(),
        email: form_sent.get(email).to_owned(),
    };
    Ok(match site {
        Site::Table => both("first_name", "last_name", "email"),
        Site::Stay => both("firstname", "lastname", "mail"),
        Site::Air => both("given_1", "family_1", "contact_email"),
        Site::Tours => {
            let name = form_sent.get("full_name");
            Guest {
                name: name.to_owned(),
                family: name.split_whitespace().last().unwrap_or_default().to_owned(),
                email: form_sent.get("email").to_owned(),
            }
        }
    })
}

const fn tick(ticked: bool) -> Control {
    Control::Check { ticked }
}

fn table() -> Vec<Field> {
    vec![
        Field::new("first_name", "First name", Control::Text).fills("given-name"),
        Field::new("last_name", "Last name", Control::Text).fills("family-name"),
        Field::new("email", "Email", Control::Email).fills("email"),
        Field::new("phone", "Phone", Control::Tel).fills("tel"),
        Field::new("requests", "Special requests (optional)", Control::Text).optional(),
    ]
}

fn stay() -> Vec<Field> {
    let arrivals = ["", "before 18:00", "18:00 to 21:00", "after 21:00"];
    let label = |value: &str| if value.is_empty() { "I do not know yet" } else { value }.to_owned();
    let arrivals = arrivals.map(|value| (value.to_owned(), label(value))).to_vec();
    vec![
        Field::new("firstname", "Given name", Control::Text).fills("given-name"),
        Field::new("lastname", "Surname", Control::Text).fills("family-name"),
        Field::new("mail", "E-mail address", Control::Email).fills("email"),
        Field::new("mail_repeat", "Repeat e-mail address", Control::Email).fills("email"),
        Field::new("mobile", "Mobile number", Control::Tel).fills("tel"),
        Field::new("arrival", "Arrival time (optional)", Control::Select(arrivals)).optional(),
    ]
}

fn air(party: u32) -> Vec<Group> {
    let passenger = |number: u32| {
        let given = Field::new(&format!("given_{number}"), "Given name", Control::Text);
        let family = Field::new(&format!("family_{number}"), "Family name", Control::Text);
        if number == 1 {
            let mut fields = vec![given.fills("given-name"), family.fills("family-name")];
            fields.extend(papers());
            return Group::new("Passenger 1", fields);
        }
        let legend = format!("Passenger {number} (names may be added later)");
        Group::new(&legend, vec![given.optional(), family.optional()])
    };
    let contact = vec![
        Field::new("contact_email", "Email for the ticket", Control::Email).fills("email"),
        Field::new("contact_phone", "Phone number", Control::Tel).fills("tel"),
        Field::new("accept", "I accept the conditions of carriage", tick(false)),
    ];
    (1..=party).map(passenger).chain([Group::new("Contact", contact)]).collect()
}

/// What some countries want to know; here nobody has to say it.
fn papers() -> [Field; 3] {
    let born = Control::Date { from: date(1900, 1, 1), to: date(2099, 12, 31) };
    [
        Field::new("born", "Date of birth", born).fills("bday").optional(),
        Field::new("passport", "Passport number", Control::Text).optional(),
        Field::new("passport_country", "Issuing country", Control::Text).optional(),
    ]
}

fn tours() -> Vec<Field> {
    vec![
        Field::new("full_name", "Lead participant (full name)", Control::Text).fills("name"),
        Field::new("email", "Email address", Control::Email).fills("email"),
        Field::new("tel", "Telephone", Control::Tel).fills("tel"),
    ]
}
