//! One world with real parts, contract suites and end-to-end tests.
