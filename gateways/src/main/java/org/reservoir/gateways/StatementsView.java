package org.reservoir.gateways;

/** What was used and what it costs, as callers may read it. */
public interface StatementsView {}
