package org.reservoir.servicemanager;

import java.time.Duration;

/**
 * What the site's administrator sets.
 *
 * @param evaluation how often the elasticity loop looks which rules are due
 * @param resync     how often a service is looked at though nothing was heard of it
 * @param subnets    from this IPv4 block, {@code a.b.c.d/bits} with at most 20 bits, networks made for services get a /24 each
 * @param overlay    whether networks made for services span hosts
 * @param domain     what {@code @Domain} stands for
 * @param channel    what {@code @MonitoringChannel} stands for: where guests tell their KPIs
 * @param admission which services must be admitted before they are taken in
 */
public record ServiceSettings(Duration evaluation, Duration resync, String subnets, boolean overlay, String domain, String channel, AdmissionRules admission) {
    public static final ServiceSettings DEFAULT = new ServiceSettings(Duration.ofSeconds(5), Duration.ofSeconds(15), "10.128.0.0/12", false,
            "reservoir.internal", "guest-channel:org.reservoir", AdmissionRules.USUAL);

    /** The same with networks that span hosts, or not. */
    public ServiceSettings spanning(boolean hosts) {
        return new ServiceSettings(evaluation, resync, subnets, hosts, domain, channel, admission);
    }

    public ServiceSettings admitting(AdmissionRules rules) {
        return new ServiceSettings(evaluation, resync, subnets, overlay, domain, channel, rules);
    }
}
