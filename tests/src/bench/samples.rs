//! Numbers that were measured again and again.

use serde::Serialize;

/// The same thing, measured in each round.
#[derive(Debug, Default, Clone)]
pub(super) struct Samples(Vec<f64>);

/// The middle of some numbers, and the two between which their middle half lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Middle {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Samples {
    pub(super) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// This over that, round by round: what slowed a round down slowed both.
    pub(super) fn over(&self, that: &Self) -> Self {
        Self(self.0.iter().zip(&that.0).map(|(this, that)| this / that).collect())
    }

    /// All zeros when nothing was measured.
    pub(super) fn middle(&self) -> Middle {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Middle { median: at(&sorted, 50), low: at(&sorted, 25), high: at(&sorted, 75) }
    }
}

/// The value below which so many in a hundred of some sorted numbers lie.
pub(super) fn at<T: Copy + Default>(sorted: &[T], percent: usize) -> T {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        Samples(values.to_vec())
    }

    #[test]
    fn the_middle_does_not_mind_one_bad_round() {
        let middle = samples(&[3.0, 1.0, 2.0, 900.0, 4.0]).middle();
        assert_eq!(middle, Middle { median: 3.0, low: 2.0, high: 4.0 });
        assert_eq!(samples(&[]).middle(), Middle { median: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        let ratio = samples(&[2.0, 20.0]).over(&samples(&[1.0, 10.0]));
        assert_eq!(ratio.middle(), Middle { median: 2.0, low: 2.0, high: 2.0 });
    }
}
