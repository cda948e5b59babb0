//! The ID token: its signature by a key of the provider (RFC 7515, 7517, 7518), and its claims (OpenID Connect Core 3.1.3.7).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;

use super::ProviderError;

/// How far the provider's clock may be off.
const SKEW: Duration = Duration::from_mins(1);
/// The longest subject there is (OpenID Connect Core, 2).
const MOST_SUBJECT: usize = 255;

/// The provider's keys. Those of kinds that are not known here are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// What a token has to say.
pub(super) struct Wanted<'a> {
    pub issuer: &'a str,
    pub audience: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Whom the token is about, if it is the provider's and meant for this sign-in.
pub(super) fn subject(token: &str, keys: &Keys, wanted: &Wanted<'_>) -> Result<String, ProviderError> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ProviderError::Answer("the ID token has not three parts"));
    };
    let header: Header = decoded(head)?;
    if header.crit.is_some() {
        return Err(ProviderError::Answer("the ID token wants what is not known here"));
    }
    let signature = bytes(signature)?;
    let signed = &token[..head.len() + 1 + body.len()];
    let fits = |key: &&Key| {
        key.usage.as_deref().is_none_or(|usage| usage == "sig")
            && key.alg.as_deref().is_none_or(|alg| alg == header.alg)
            && (header.kid.is_none() || key.kid == header.kid)
    };
    let ours = keys.keys.iter().filter(fits).any(|key| key.signed(&header.alg, signed, &signature).is_some());
    if !ours {
        return Err(ProviderError::Answer("no key of the provider has signed the ID token"));
    }
    checked(decoded(body)?, wanted)
}

fn checked(claims: Claims, wanted: &Wanted<'_>) -> Result<String, ProviderError> {
    let several = matches!(&claims.aud, Audience::Many(all) if all.len() > 1);
    let meant = match &claims.aud {
        Audience::One(one) => one == wanted.audience,
        Audience::Many(all) => all.iter().any(|one| one == wanted.audience),
    };
    let presented = match &claims.azp {
        Some(azp) => azp == wanted.audience,
        None => !several,
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 fit a double for far longer than this matters"
    )]
    let (now, skew) = (wanted.now.as_second() as f64, SKEW.as_secs_f64());
    let problem = if claims.iss != wanted.issuer {
        "another issuer"
    } else if !meant || !presented {
        "another audience"
    } else if claims.nonce.as_deref() != Some(wanted.nonce) {
        "another nonce"
    } else if claims.exp + skew <= now || claims.iat - skew > now {
        "another time"
    } else if claims.sub.is_empty() || claims.sub.len() > MOST_SUBJECT {
        "an unfit subject"
    } else {
        return Ok(claims.sub);
    };
    Err(ProviderError::Foreign(problem))
}

impl Key {
    /// Something only if this key made the signature. The algorithm has to fit the key's kind, so that neither chooses
    /// the other's; `none` and shared secrets fit nothing.
    fn signed(&self, alg: &str, message: &str, signature: &[u8]) -> Option<()> {
        let rsa = |parameters: &'static RsaParameters| {
            let (n, e) = (part(self.n.as_ref())?, part(self.e.as_ref())?);
            RsaPublicKeyComponents { n, e }.verify(parameters, message.as_bytes(), signature).ok()
        };
        let curve = |name: &str, algorithm: &'static dyn VerificationAlgorithm| {
            if self.crv.as_deref() != Some(name) {
                return None;
            }
            let key = match &self.y {
                // An uncompressed point (SEC 1, 2.3.3).
                Some(_) => [vec![4], part(self.x.as_ref())?, part(self.y.as_ref())?].concat(),
                None => part(self.x.as_ref())?,
            };
            UnparsedPublicKey::new(algorithm, key).verify(message.as_bytes(), signature).ok()
        };
        match (self.kty.as_str(), alg) {
            ("RSA", "RS256") => rsa(&RSA_PKCS1_2048_8192_SHA256),
            ("RSA", "RS384") => rsa(&RSA_PKCS1_2048_8192_SHA384),
            ("RSA", "RS512") => rsa(&RSA_PKCS1_2048_8192_SHA512),
            ("RSA", "PS256") => rsa(&RSA_PSS_2048_8192_SHA256),
            ("EC", "ES256") => curve("P-256", &ECDSA_P256_SHA256_FIXED),
            ("EC", "ES384") => curve("P-384", &ECDSA_P384_SHA384_FIXED),
            ("OKP", "EdDSA") => curve("Ed25519", &ED25519),
            _ => None,
        }
    }
}

fn part(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

fn bytes(text: &str) -> Result<Vec<u8>, ProviderError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_unreadable| ProviderError::Answer("the ID token is not base64url"))
}

fn decoded<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ProviderError> {
    serde_json::from_slice(&bytes(text)?)
        .map_err(|_unreadable| ProviderError::Answer("the ID token is of another shape"))
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::{Value, json};

    use super::*;

    struct Issuer {
        pair: EcdsaKeyPair,
    }

    impl Issuer {
        fn new() -> Self {
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let secret = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
            Self { pair: EcdsaKeyPair::from_pkcs8(algorithm, secret.as_ref(), &SystemRandom::new()).unwrap() }
        }

        fn keys(&self) -> Keys {
            let point = self.pair.public_key().as_ref();
            let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
            let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "a", "x": x, "y": y }, { "kty": "oct" }] });
            serde_json::from_value(keys).unwrap()
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", part(header), part(claims));
            let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        }
    }

    const WANTED: Wanted<'static> =
        Wanted { issuer: "https://id.example", audience: "onegent", nonce: "n", now: Timestamp::UNIX_EPOCH };

    fn claims() -> Value {
        json!({ "iss": "https://id.example", "sub": "ana", "aud": "onegent", "exp": 300, "iat": 0, "nonce": "n" })
    }

    #[test]
    fn a_token_of_the_provider_for_this_sign_in_names_its_subject() {
        let issuer = Issuer::new();
        let token = issuer.token(&json!({ "alg": "ES256", "kid": "a" }), &claims());
        assert_eq!(subject(&token, &issuer.keys(), &WANTED).unwrap(), "ana");
        assert!(subject(&token, &Issuer::new().keys(), &WANTED).is_err(), "another provider's keys");
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert!(subject(&format!("{signed}."), &issuer.keys(), &WANTED).is_err(), "no signature");
    }

    #[test]
    fn other_algorithms_and_claims_are_refused() {
        let issuer = Issuer::new();
        for header in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256", "kid": "a" }),
            json!({ "alg": "RS256", "kid": "a" }),
            json!({ "alg": "ES256", "kid": "b" }),
            json!({ "alg": "ES256", "kid": "a", "crit": ["x"] }),
        ] {
            let token = issuer.token(&header, &claims());
            assert!(subject(&token, &issuer.keys(), &WANTED).is_err(), "{header}");
        }
        for (name, value) in [
            ("iss", json!("https://id.example/")),
            ("aud", json!("another")),
            ("aud", json!(["onegent", "another"])),
            ("azp", json!("another")),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
            ("exp", json!(-61)),
            ("iat", json!(61)),
            ("sub", json!("")),
        ] {
            let mut claims = claims();
            claims[name] = value;
            let token = issuer.token(&json!({ "alg": "ES256", "kid": "a" }), &claims);
            assert!(subject(&token, &issuer.keys(), &WANTED).is_err(), "{claims}");
        }
    }
}
