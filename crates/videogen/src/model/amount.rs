//! Amounts in a vendor's answer.

use rust_decimal::Decimal;

/// Reads an exact amount, also with an exponent, as JavaScript writes small numbers. `None` if it is negative: `-1` is a word for
/// "unknown", and would be taken off what was spent.
pub(crate) fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let amount = text.parse().or_else(|_| Decimal::from_scientific(text)).ok();
    amount.filter(|amount: &Decimal| amount.is_zero() || !amount.is_sign_negative())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_not_negative() {
        for (text, expected) in [
            ("3.2", "3.2"),
            (" 0.10 ", "0.10"),
            ("0", "0"),
            ("-0", "0"),
            ("1e-7", "0.0000001"),
            ("2.5E-7", "0.00000025"),
            ("1E3", "1000"),
        ] {
            assert_eq!(
                amount(text).unwrap_or(Decimal::MAX).abs().to_string(),
                expected,
                "{text}"
            );
        }
        for none in [
            "",
            "free",
            "-1",
            "-0.01",
            "-1e-7",
            "NaN",
            "1e400",
            "123456789012345678901234567890.5",
        ] {
            assert_eq!(amount(none), None, "{none}");
        }
    }
}
