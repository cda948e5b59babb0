#![cfg(test)]
//! Connected apps against the real server: `docs/security.md` says which rule each test holds.

mod oauth {
    mod authorize;
    mod clients;
    mod consent;
    mod leaks;
    mod resource;
    mod tokens;
}
