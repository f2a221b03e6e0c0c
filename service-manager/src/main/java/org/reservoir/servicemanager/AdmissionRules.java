package org.reservoir.servicemanager;

import org.reservoir.kernel.Refused;

/**
 * Which services must be admitted before they are taken in.
 *
 * @param who      those whose manifest promises availability, every one, or none
 * @param usual    the share of time that a service is held to of which its manifest says nothing, where everyone must be admitted: 0.95
 * @param downtime chance that a host is down at any moment: 0.01
 */
public record AdmissionRules(Who who, double usual, double downtime) {
    public static final AdmissionRules USUAL = new AdmissionRules(Who.PROMISED, 0.95, 0.01);

    public enum Who { PROMISED, ALL, NONE }

    public AdmissionRules {
        if (!(usual >= 0 && usual < 1)) {
            throw Refused.invalid("BAD_ADMISSION", "%s of the time cannot be promised to every service.".formatted(usual), "Give 0 to less than 100 per cent.");
        }
        if (!(downtime >= 0 && downtime < 1)) {
            throw Refused.invalid("BAD_ADMISSION", "A host cannot be down %s of the time.".formatted(downtime), "Give 0 to less than 100 per cent.");
        }
    }
}
