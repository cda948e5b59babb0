//! What the guard answers, and why.

/// The guard's answer about one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a request that was not let pass must not be sent"]
pub enum Answer {
    /// Send it.
    Pass,
    /// Do not send it without a permit: fail it, or keep it paused until there is one.
    Hold(Held),
    /// Never send it.
    Refuse(Refusal),
}

/// Why a request waits for a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Held {
    /// A payment processor's host or endpoint.
    #[error("it goes to a payment processor")]
    Processor,
    /// Card or account fields, a card on file, or a secret in the form.
    #[error("the page has fields that pay")]
    PaymentFields,
    /// A frame to pay in.
    #[error("the page has a frame that pays")]
    PaymentFrame,
    /// The page calls itself a payment page.
    #[error("the page is one to pay on")]
    PaymentPage,
    /// What was pressed or followed speaks of paying.
    #[error("the control speaks of paying")]
    PayWords,
    /// What was pressed or followed speaks of concluding.
    #[error("the control speaks of concluding")]
    FinalWords,
    /// The address, or what is sent, speaks of paying or concluding.
    #[error("what is sent speaks of paying or concluding")]
    Commits,
    /// The page sums up the booking.
    #[error("the page sums up the booking")]
    Review,
    /// The site knows the guest, and nothing says that the control only leads on.
    #[error("nothing says that it only leads on")]
    Unknown,
}

impl Held {
    /// A short stable word for the audit trail.
    pub fn word(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::PaymentFields => "payment_fields",
            Self::PaymentFrame => "payment_frame",
            Self::PaymentPage => "payment_page",
            Self::PayWords => "pay_words",
            Self::FinalWords => "final_words",
            Self::Commits => "commits",
            Self::Review => "review",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither `https`, nor `http` to the sandbox; or a user name in the address.
    #[error("the address is not https")]
    Scheme,
    /// A WebSocket or an event stream.
    #[error("the request opens a channel")]
    Channel,
    /// The job's booking site does not own the address.
    #[error("{0} does not belong to the booking site")]
    ForeignOrigin(String),
    /// The address is private, loopback or otherwise special.
    #[error("the address is not a public one")]
    PrivateAddress,
    /// The request carries what looks like a card's number.
    #[error("the request carries a card number")]
    CardNumber,
    /// The request carries what looks like a card's security code.
    #[error("the request carries a card's security code")]
    SecurityCode,
    /// The request carries an account's number (IBAN).
    #[error("the request carries an account number")]
    AccountNumber,
    /// There is more in the request than can be judged.
    #[error("the request carries more than can be judged")]
    TooMuch,
    /// No allowed action explains it, or another request than it was judged.
    #[error("no judged action explains the request")]
    Unexplained,
    /// Another request than the one that the permit is for, or nothing was armed.
    #[error("the request is not the one that was shown")]
    NotAsShown,
    /// It says that it pays, or the page asked for money beside it, and nobody agreed to that.
    #[error("the request pays, and nobody agreed to that")]
    Pays,
    /// The permit's time is over.
    #[error("the permit is over")]
    PermitOver,
}

impl Refusal {
    /// A short stable word for the audit trail.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Scheme => "scheme",
            Self::Channel => "channel",
            Self::ForeignOrigin(_) => "foreign_origin",
            Self::PrivateAddress => "private_address",
            Self::CardNumber => "card_number",
            Self::SecurityCode => "security_code",
            Self::AccountNumber => "account_number",
            Self::TooMuch => "too_much",
            Self::Unexplained => "unexplained",
            Self::NotAsShown => "not_as_shown",
            Self::Pays => "pays",
            Self::PermitOver => "permit_over",
        }
    }
}
