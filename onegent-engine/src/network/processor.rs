//! Payment processors: their hosts, and the ends and middles of their published interfaces.

use url::Url;

/// Paths at which payment processors take money.
const CONFIRM_PATHS: [&str; 12] = [
    "/confirm",
    "/capture",
    "/v1/payment_intents",
    "/v1/setup_intents",
    "/v1/charges",
    "/v1/payment_methods",
    "/v2/checkout/orders",
    "/payments/details",
    "/sessions/payments",
    "/authorize-payment",
    "/wallet/pay",
    "/3ds",
];

/// Hosts of payment processors. A request to one of them is never a harmless one.
const PROCESSORS: [&str; 16] = [
    "stripe.com",
    "adyen.com",
    "adyenpayments.com",
    "braintreegateway.com",
    "braintree-api.com",
    "paypal.com",
    "checkout.com",
    "squareup.com",
    "mollie.com",
    "klarna.com",
    "worldpay.com",
    "cybersource.com",
    "authorize.net",
    "payu.com",
    "razorpay.com",
    "datatrans.com",
];

/// Whether an address is one at which payment processors take money.
pub(crate) fn takes_payment(url: &Url) -> bool {
    is_processor(url) || is_confirm_path(url)
}

pub(super) fn is_processor(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    PROCESSORS
        .iter()
        .any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}

pub(super) fn is_confirm_path(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    CONFIRM_PATHS.iter().any(|known| {
        // A booking site's own `/confirm` is judged by its words; the processors' come below an interface's version.
        if matches!(*known, "/confirm" | "/capture") {
            path.ends_with(known) && (path.starts_with("/v1/") || path.starts_with("/v2/"))
        } else {
            path.contains(known)
        }
    })
}
