/**
 * Tells people of what is measured. Rules, how each stands for each subject and who is still to be told are in the site database; the decision is
 * monitoring's ({@link org.reservoir.monitoring.alarm.Alarm}). An alarm that begins or ends is an event of the topic {@code alarm}, a signed POST to
 * each webhook, and a mail. Called by the site's loop and by the gateways.
 * Read first: {@link org.reservoir.alarms.Alarms}, Readings, Courier.
 */
package org.reservoir.alarms;
