/**
 * When people are to be told of what is measured: rules, and how an alarm goes from quiet to firing and back. Pure; the room {@code alarms} keeps
 * rules and states, asks the windows and tells people.
 * Read first: {@link org.reservoir.monitoring.alarm.AlarmRule}, {@link org.reservoir.monitoring.alarm.Alarm}.
 */
package org.reservoir.monitoring.alarm;
