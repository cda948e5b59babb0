//! Names that pose as somebody known. A client that bears such a name has to live where that somebody does.

use onegent_core::port::ReturnPlace;
use unicode_normalization::UnicodeNormalization;

use super::redirect::place;

/// Who is known, by the words that give them away, and where their clients live: hosts with all below them, and app
/// schemes.
struct Brand {
    /// Found anywhere in a name, its spaces left out.
    anywhere: &'static [&'static str],
    /// Found only as words of their own, for they are words of the language too.
    words: &'static [&'static str],
    homes: &'static [&'static str],
}

const BRANDS: [Brand; 13] = [
    Brand { anywhere: &["onegent", "travelbookingagent"], words: &[], homes: &["onegent.one"] },
    Brand {
        anywhere: &["claude", "anthropic"],
        words: &[],
        homes: &["claude.ai", "claude.com", "anthropic.com"],
    },
    Brand { anywhere: &["chatgpt", "openai"], words: &["gpt"], homes: &["chatgpt.com", "openai.com"] },
    Brand {
        anywhere: &["microsoft", "visualstudiocode", "vscode", "githubcopilot"],
        words: &["github", "copilot"],
        homes: &[
            "microsoft.com",
            "vscode.dev",
            "github.com",
            "githubcopilot.com",
            "vscode",
            "vscode-insiders",
        ],
    },
    Brand { anywhere: &[], words: &["cursor"], homes: &["cursor.com", "cursor.sh", "cursor"] },
    Brand {
        anywhere: &["windsurf", "codeium"],
        words: &[],
        homes: &["windsurf.com", "codeium.com", "windsurf"],
    },
    Brand {
        anywhere: &["google"],
        words: &["gemini", "android", "chrome"],
        homes: &["google.com", "googleapis.com"],
    },
    Brand { anywhere: &[], words: &["apple", "siri", "icloud"], homes: &["apple.com", "icloud.com"] },
    Brand { anywhere: &["amazon"], words: &["alexa", "aws"], homes: &["amazon.com", "amazonaws.com"] },
    Brand {
        anywhere: &["facebook", "whatsapp", "instagram"],
        words: &["meta"],
        homes: &["meta.com", "facebook.com"],
    },
    Brand {
        anywhere: &["paypal", "mastercard", "americanexpress"],
        words: &["visa", "stripe"],
        homes: &["paypal.com", "stripe.com"],
    },
    Brand {
        anywhere: &["opentable", "airbnb", "tripadvisor", "bookingcom"],
        words: &["expedia"],
        homes: &["opentable.com", "airbnb.com", "tripadvisor.com", "booking.com", "expedia.com"],
    },
    Brand {
        anywhere: &["perplexity", "mistralai"],
        words: &["mistral"],
        homes: &["perplexity.ai", "mistral.ai"],
    },
];

/// Whether a name belongs to somebody known who does not live where this client's answers go.
///
/// A program on the person's own machine may stand beside a home; alone it proves nothing.
pub(super) fn poses(name: &str, redirect_uris: &[String]) -> bool {
    let folded = fold(name);
    let joined: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
    let words: Vec<_> = folded.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    BRANDS
        .iter()
        .filter(|brand| {
            brand.anywhere.iter().any(|known| joined.contains(known))
                || brand.words.iter().any(|known| words.contains(known) || joined == *known)
        })
        .any(|brand| !lives_at_home(brand, redirect_uris))
}

fn lives_at_home(brand: &Brand, redirect_uris: &[String]) -> bool {
    let owns = |host: &str| {
        brand.homes.iter().any(|home| {
            host == *home
                || (home.contains('.') && host.strip_suffix(home).is_some_and(|rest| rest.ends_with('.')))
        })
    };
    let mut at_home = false;
    for uri in redirect_uris {
        match place(uri) {
            ReturnPlace::Site { host } | ReturnPlace::App { scheme: host } if owns(&host) => at_home = true,
            ReturnPlace::ThisDevice { .. } => {}
            ReturnPlace::Site { .. } | ReturnPlace::App { .. } => return false,
        }
    }
    at_home
}

/// Lower-case ASCII, as near as the letters look.
fn fold(name: &str) -> String {
    name.nfkd().flat_map(char::to_lowercase).filter_map(look).collect()
}

/// The ASCII letter that a letter passes for; nothing for what can't be seen.
fn look(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | '@' | '4' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | '3' | 'є' => 'e',
        'ɡ' | '9' => 'g',
        'һ' | 'н' => 'h',
        'і' | 'ι' | 'ı' | '!' | '|' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | '1' => 'l',
        'м' => 'm',
        'ո' | 'п' | 'η' => 'n',
        'о' | 'ο' | 'օ' | '0' => 'o',
        'р' | 'ρ' => 'p',
        'г' => 'r',
        'ѕ' | '5' | '$' => 's',
        'т' | 'τ' | '7' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ѡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' => {
            return None;
        }
        plain => plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(uris: &[&str]) -> Vec<String> {
        uris.iter().map(|uri| (*uri).to_owned()).collect()
    }

    #[test]
    fn known_names_are_refused_to_strangers_however_they_are_written() {
        for name in [
            "Claude",
            "claude.ai",
            "C l a u d e",
            "Сlaude",
            "Claude\u{200b} Desktop",
            "ClaudE by Anthropic",
            "ＣｌａｕｄｅＡＩ",
            "Chat GPT",
            "0penAI",
            "Onegent Support",
            "Visual Studio Code",
            "Cursor",
            "PayPaI".to_lowercase().replace('i', "l").as_str(),
        ] {
            for uris in [
                &["https://evil.example/cb"][..],
                &["http://127.0.0.1/cb"],
                &["https://claude.ai.evil.example/cb"],
            ] {
                assert!(poses(name, &at(uris)), "{name} {uris:?}");
            }
        }
    }

    #[test]
    fn who_lives_there_and_who_has_another_name_is_welcome() {
        for (name, uris) in [
            ("Claude", &["https://claude.ai/api/mcp/auth_callback"][..]),
            ("Visual Studio Code", &["http://127.0.0.1:33418/", "https://vscode.dev/redirect"]),
            ("Cursor", &["cursor://anysphere.cursor-mcp/oauth/callback"]),
            ("MCP Inspector", &["http://localhost:6274/oauth/callback"]),
            ("Database cursors and metadata", &["https://a.example/cb"]),
            ("Trip planner", &["https://a.example/cb"]),
        ] {
            assert!(!poses(name, &at(uris)), "{name}");
        }
        let mixed = at(&["https://claude.ai/cb", "https://evil.example/cb"]);
        assert!(poses("Claude", &mixed), "one home does not clean the other address");
    }
}
