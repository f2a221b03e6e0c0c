package org.reservoir.store;

import java.time.Instant;

/** Work to be done later, by whoever claims it. @param lane work of one lane waits together when the lane is full @param payload free text */
public record NewWork(String kind, String subject, String lane, String payload, Instant runAt) {}
