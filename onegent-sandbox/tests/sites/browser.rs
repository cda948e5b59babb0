//! A browser without script: cookies, redirects, links and forms.

use std::{collections::BTreeMap, sync::Once};

use reqwest::{Client, Method, header, redirect};
use scraper::{ElementRef, Html, Selector};
use url::Url;

pub(crate) struct Browser {
    client: Client,
    origin: String,
    cookies: BTreeMap<String, String>,
}

/// A page as it came.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) html: String,
}

/// A form with the values that a browser would send of it.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    method: Method,
    action: Url,
    fields: Vec<(String, String)>,
}

/// The HTTP client of a world's browsers; making one reads the machine's certificates, which takes long.
pub(crate) fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
    });
    Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap()
}

impl Browser {
    pub(crate) fn new(client: Client, origin: String) -> Self {
        Self { client, origin, cookies: BTreeMap::new() }
    }

    /// Opens a path of the sites, or a whole address.
    pub(crate) async fn open(&mut self, address: &str) -> Page {
        let url = Url::parse(&self.origin).unwrap().join(address).unwrap();
        self.load(Method::GET, url, Vec::new()).await
    }

    pub(crate) async fn follow(&mut self, page: &Page, link: &str) -> Page {
        let href = page.attribute(link, "href").unwrap_or_else(|| panic!("no {link} in {}", page.html));
        self.open(page.url.join(&href).unwrap().as_str()).await
    }

    pub(crate) async fn submit(&mut self, form: &Form) -> Page {
        let Form { method, action, fields } = form.clone();
        if method == Method::POST {
            return self.load(method, action, fields).await;
        }
        let mut url = action;
        url.query_pairs_mut().clear().extend_pairs(fields);
        self.load(Method::GET, url, Vec::new()).await
    }

    async fn load(&mut self, mut method: Method, mut url: Url, mut fields: Vec<(String, String)>) -> Page {
        for _ in 0..10 {
            let cookies: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut request =
                self.client.request(method.clone(), url.clone()).header(header::COOKIE, cookies.join("; "));
            if method == Method::POST {
                request = request.form(&fields);
            }
            let response = request.send().await.unwrap();
            for set in response.headers().get_all(header::SET_COOKIE) {
                let pair = set.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if let Some(location) = response.headers().get(header::LOCATION) {
                url = url.join(location.to_str().unwrap()).unwrap();
                (method, fields) = (Method::GET, Vec::new());
                continue;
            }
            let status = response.status().as_u16();
            return Page { url, status, html: response.text().await.unwrap() };
        }
        panic!("{url} redirects in circles");
    }
}

impl Page {
    /// The texts of all elements that match, with single spaces.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        Html::parse_document(&self.html).select(&selector(css)).map(text).collect()
    }

    /// The text of the only element that matches.
    pub(crate) fn text(&self, css: &str) -> String {
        let texts = self.texts(css);
        assert_eq!(texts.len(), 1, "{css} on {} of {}", self.url, self.html);
        texts.into_iter().next().unwrap()
    }

    pub(crate) fn has(&self, css: &str) -> bool {
        !self.texts(css).is_empty()
    }

    pub(crate) fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        document.select(&selector(css)).next()?.value().attr(name).map(str::to_owned)
    }

    /// The first form that matches, as a browser would send it untouched.
    pub(crate) fn form(&self, css: &str) -> Form {
        let document = Html::parse_document(&self.html);
        let form = document.select(&selector(css)).next();
        let form = form.unwrap_or_else(|| panic!("no {css} on {}: {}", self.url, self.html));
        let post = form.value().attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let action = form.value().attr("action").unwrap_or_else(|| self.url.as_str());
        Form {
            method: if post { Method::POST } else { Method::GET },
            action: self.url.join(action).unwrap(),
            fields: form.select(&selector("input, select")).filter_map(field).collect(),
        }
    }
}

impl Form {
    /// The form with a field filled in.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The form without a field: a box unticked.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn field(element: ElementRef<'_>) -> Option<(String, String)> {
    let attribute = |name| element.value().attr(name);
    let name = attribute("name")?.to_owned();
    if element.value().name() == "select" {
        let chosen = element.select(&selector("option[selected]")).next();
        let option = chosen.or_else(|| element.select(&selector("option")).next())?;
        return Some((name, option.value().attr("value")?.to_owned()));
    }
    let tickable = matches!(attribute("type"), Some("checkbox" | "radio"));
    let sent = !tickable || attribute("checked").is_some();
    sent.then(|| (name, attribute("value").unwrap_or_default().to_owned()))
}
