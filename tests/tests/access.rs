#![cfg(test)]
//! Who may do what, from outside: signing in, keys, guests, isolation, limits, and what never leaves.

mod access {
    mod canaries;
    mod isolation;
    mod limits;
    mod mail;
    mod page;
    mod people;
    mod provider;
    mod sign_in;
    mod webhooks;

    use anyhow::Context as _;
    use onegent_cli::outside::{Page, Walk};
    use onegent_tests::person::Person;
    use onegent_tests::world::World;
    use ring::hmac;
    use url::Url;

    const PASSWORD: &str = "correct horse battery";

    /// Gives the owner an address and a password.
    async fn owner(world: &World, email: &str) -> anyhow::Result<Person> {
        let mut person = world.person().await?;
        let page = person.open("/account").await?.fine()?;
        let typed = [("email", email), ("password", PASSWORD)];
        person.fill(&page, "form[action='/account/password']", &typed).await?.fine()?;
        Ok(person)
    }

    /// Tries to sign in with a browser of its own.
    async fn sign_in(world: &World, email: &str, password: &str) -> anyhow::Result<(Person, Page)> {
        let console = world.node()?.url().clone();
        let mut walk = Walk::new()?;
        let page = walk.get(console.join("/sign-in")?).await?.fine()?;
        let typed = [("email", email), ("password", password)];
        let page = walk.fill(&page, "form[action='/sign-in/password']", &typed).await?;
        Ok((Person::of(console, walk), page))
    }

    /// Somebody who opens an invitation and joins.
    async fn joined(console: &Url, token: &str, email: &str) -> anyhow::Result<Person> {
        let mut walk = Walk::new()?;
        let mut link = console.join("/join")?;
        link.query_pairs_mut().append_pair("token", token);
        let page = walk.get(link).await?.fine()?;
        let typed = [("email", email), ("password", PASSWORD)];
        walk.fill(&page, "form[action='/join']", &typed).await?.fine()?;
        Ok(Person::of(console.clone(), walk))
    }

    /// The text of the first element that `selector` finds.
    fn text(page: &Page, selector: &str) -> anyhow::Result<String> {
        let selector = scraper::Selector::parse(selector).map_err(|error| anyhow::anyhow!("{error}"))?;
        let document = scraper::Html::parse_document(&page.html);
        let found =
            document.select(&selector).next().with_context(|| format!("nothing there: {selector:?}"))?;
        Ok(found.text().collect::<String>().trim().to_owned())
    }

    /// Where the first form goes whose address begins and ends like this.
    fn action(page: &Page, begin: &str, end: &str) -> anyhow::Result<String> {
        let url = page.form(&format!("form[action^='{begin}'][action$='{end}']"))?.0;
        Ok(url.path().to_owned())
    }

    /// What an authenticator app shows for a secret (RFC 6238).
    fn code(secret: &str, at: jiff::Timestamp) -> String {
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String =
            secret.chars().map(|c| format!("{:05b}", LETTERS.find(c).unwrap())).collect::<Vec<_>>().concat();
        let bytes: Vec<u8> =
            (0..bits.len() / 8).map(|n| u8::from_str_radix(&bits[n * 8..n * 8 + 8], 2).unwrap()).collect();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
        let tag = hmac::sign(&key, &(at.as_second() / 30).to_be_bytes());
        let offset = usize::from(tag.as_ref()[19] & 15);
        let word = u32::from_be_bytes(tag.as_ref()[offset..offset + 4].try_into().unwrap());
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }
}
