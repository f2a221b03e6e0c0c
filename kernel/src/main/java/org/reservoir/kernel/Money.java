package org.reservoir.kernel;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/** An exact amount in one currency (ISO 4217). It is rounded only where a statement is shown, half even to the currency's digits. */
public record Money(BigDecimal amount, Currency currency) {
    public Money {
        amount = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    }

    public static Money of(String amount, String currency) {
        try {
            return new Money(new BigDecimal(amount), Currency.getInstance(currency));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_MONEY", "'%s %s' is no amount of money.".formatted(amount, currency), "Write it like 12.50 EUR.");
        }
    }

    public static Money zero(Currency currency) {
        return new Money(BigDecimal.ZERO, currency);
    }

    /** @throws IllegalStateException when the currencies differ: there is no exchange inside a sum */
    public Money plus(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalStateException("cannot add %s to %s".formatted(other, this));
        }
        return new Money(amount.add(other.amount), currency);
    }

    public Money times(BigDecimal factor) {
        return new Money(amount.multiply(factor), currency);
    }

    /** Rounded half even to the digits of the currency. */
    public Money rounded() {
        return new Money(amount.setScale(currency.getDefaultFractionDigits(), RoundingMode.HALF_EVEN), currency);
    }

    @Override
    public String toString() {
        var digits = Math.max(currency.getDefaultFractionDigits(), amount.scale());
        return amount.setScale(digits, RoundingMode.UNNECESSARY).toPlainString() + " " + currency.getCurrencyCode();
    }
}
