//! What a job may use of a model, and what it used.

use onegent_core::money::Currency;

/// The most that one job may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelBudget {
    /// Questions.
    pub calls: u32,
    /// Tokens, read and written.
    pub tokens: u64,
    /// Money, in minor units of the prices' currency.
    pub cost: Option<u64>,
}

impl Default for ModelBudget {
    fn default() -> Self {
        Self { calls: 30, tokens: 200_000, cost: None }
    }
}

/// What a million tokens cost, in minor units such as cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelPrices {
    /// The currency.
    pub currency: Currency,
    /// Of those that the model reads.
    pub read: u64,
    /// Of those that it writes.
    pub written: u64,
}

/// What was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Questions.
    pub calls: u32,
    /// Tokens that the model read.
    pub read: u64,
    /// Tokens that it wrote.
    pub written: u64,
}

impl Spent {
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            read: self.read.saturating_add(other.read),
            written: self.written.saturating_add(other.written),
        }
    }
}

impl ModelPrices {
    /// What that costs, in minor units, rounded up.
    pub fn cost(&self, spent: Spent) -> u64 {
        let of = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let millionths = of(spent.read, self.read) + of(spent.written, self.written);
        u64::try_from(millionths.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

impl ModelBudget {
    /// Whether a question of about this size still fits.
    pub(super) fn has_room(&self, spent: Spent, next: Spent, prices: Option<&ModelPrices>) -> bool {
        let then = spent.and(next);
        let dear = self.cost.zip(prices).is_some_and(|(most, prices)| prices.cost(then) > most);
        then.calls <= self.calls && then.read.saturating_add(then.written) <= self.tokens && !dear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_to_fit_into_every_bound() {
        let prices = ModelPrices { currency: "USD".parse().unwrap(), read: 300, written: 1500 };
        let next = Spent { calls: 1, read: 900, written: 100 };
        // 0.27 and 0.15 of a cent.
        assert_eq!(prices.cost(next), 1);
        let fits = |budget: ModelBudget, spent| budget.has_room(spent, next, Some(&prices));
        let budget = ModelBudget { calls: 2, tokens: 3_000, cost: Some(1) };
        assert!(fits(budget, next));
        assert!(!fits(budget, next.and(next)), "calls");
        assert!(!fits(ModelBudget { tokens: 1_999, ..budget }, next), "tokens");
        assert!(!fits(ModelBudget { cost: Some(0), ..budget }, Spent::default()), "cost");
        let all = Spent { calls: u32::MAX, read: u64::MAX, written: u64::MAX };
        assert!(!fits(ModelBudget { cost: None, ..budget }, all));
    }
}
