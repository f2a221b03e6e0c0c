package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.post;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;

import org.reservoir.gateways.AlarmsView;
import org.reservoir.kernel.Refused;

/** Alarms over REST, for administrators. */
final class AlarmRoutes {
    private static final String ALARMS = "/api/monitoring/v1/alarms";
    private static final String ALARM = ALARMS + "/{alarm}";

    private final AlarmsView alarms;
    private final Subjects subjects;

    AlarmRoutes(AlarmsView alarms, Subjects subjects) {
        this.alarms = alarms;
        this.subjects = subjects;
    }

    List<Route> routes() {
        return List.of(
                get(ALARMS, "alarm.list", "Lists alarms, and where they fire.", x -> SiteRoutes.forAdministrator(x, alarms::list)).answers(new Shape.Many(AlarmsView.AlarmShown.class)),
                put(ALARM, "alarm.set", "Sets an alarm, in place of one of that name.", this::set).takes(AlarmsView.AlarmSetting.class).answers(AlarmsView.AlarmShown.class),
                delete(ALARM, "alarm.remove", "Removes an alarm.", this::remove),
                post(ALARM + "/silence", "alarm.silence", "Tells nobody for some time; events are told all the same.", this::silence).takes(AlarmsView.AlarmSilence.class).answers(AlarmsView.AlarmShown.class));
    }

    private Answer set(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        var setting = x.body(AlarmsView.AlarmSetting.class);
        return Answer.of(alarms.set(x.path("alarm"), setting.subject().map(subject -> setting.of(subjects.named(x, subject))).orElse(setting)));
    }

    private Answer remove(Exchange x) {
        SiteRoutes.requireAdministrator(x);
        alarms.remove(x.path("alarm"));
        return Answer.NOTHING;
    }

    private Answer silence(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        var time = x.body(AlarmsView.AlarmSilence.class).time();
        if (time.isNegative() || time.toDays() > 366) {
            throw Refused.invalid("BAD_PARAMETER", "time=%s is not from none to a year.".formatted(time), "Write it like PT1H.");
        }
        return Answer.of(alarms.silence(x.path("alarm"), time));
    }
}
