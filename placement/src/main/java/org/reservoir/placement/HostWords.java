package org.reservoir.placement;

import java.util.List;
import org.reservoir.kernel.expression.Missing;
import org.reservoir.kernel.expression.Result;
import org.reservoir.kernel.expression.Rows;
import org.reservoir.kernel.expression.Type;
import org.reservoir.kernel.expression.Value;
import org.reservoir.kernel.expression.Vocabulary;

/**
 * The words of requirements and ranks: {@code hostname rack site labels running} (number of VEEs), for each resource
 * {@code free_… used_… total_…} (what may be promised, overcommit included), and the attributes of hosts.
 */
public final class HostWords implements Rows {
    /** Every host has these; add what administrators set with {@code STANDARD.variable(…)}. */
    public static final Vocabulary STANDARD = vocabulary(Resource.USUAL);

    private final State state;

    HostWords(State state) {
        this.state = state;
    }

    public static Vocabulary vocabulary(List<Resource> resources) {
        var words = Vocabulary.EMPTY.variable("hostname", Type.TEXT).variable("rack", Type.TEXT).variable("site", Type.TEXT)
                .variable("labels", Type.TEXTS).variable("running", Type.COUNT).variable("priority", Type.COUNT).variable("load", Type.SHARE);
        for (var resource : resources) {
            var type = new Type.Numeric(resource.dimension());
            words = words.variable("free_" + resource.name(), type).variable("used_" + resource.name(), type).variable("total_" + resource.name(), type);
        }
        return words;
    }

    @Override
    public Numbers numbers(String word) {
        if (word.equals("running")) {
            return host -> state.running(host);
        }
        int r = resource(word);
        if (r >= 0) {
            double unit = state.resources.get(r).unit();
            return switch (word.charAt(0)) {
                case 'f' -> host -> state.free(host, r) / unit;
                case 'u' -> host -> state.used(host, r) / unit;
                default -> host -> state.promised(host, r) / unit;
            };
        }
        var column = new double[state.hosts.size()];
        for (int host = 0; host < column.length; host++) {
            column[host] = state.hosts.get(host).attributes().get(word) instanceof Value.Amount amount ? amount.number().doubleValue() : Double.NaN;
        }
        return host -> column[host];
    }

    @Override
    public Values values(String word) {
        if (word.equals("running") || resource(word) >= 0) {
            return host -> value(word, host);
        }
        var known = new Result[state.hosts.size()]; // what never changes is made once: it is asked for at every placement
        return host -> known[host] == null ? known[host] = lasting(word, host) : known[host];
    }

    Result value(String word, int host) {
        int r = resource(word);
        if (r >= 0) {
            return state.resources.get(r).value(amount(word, host, r));
        }
        return word.equals("running") ? Value.count(state.running(host)) : lasting(word, host);
    }

    private Result lasting(String word, int host) {
        var view = state.hosts.get(host);
        return switch (word) {
            case "hostname" -> Value.text(view.name());
            case "rack" -> Value.text(view.rack());
            case "site" -> Value.text(view.site());
            case "labels" -> Value.texts(view.labels().stream().sorted().toList());
            default -> view.attributes().containsKey(word) ? view.attributes().get(word)
                    : new Missing("%s has no '%s'".formatted(view.name(), word));
        };
    }

    private long amount(String word, int host, int r) {
        return switch (word.charAt(0)) {
            case 'f' -> state.free(host, r);
            case 'u' -> state.used(host, r);
            default -> state.promised(host, r);
        };
    }

    private int resource(String word) {
        for (int r = 0; r < state.resources.size(); r++) {
            var name = state.resources.get(r).name();
            if (word.equals("free_" + name) || word.equals("used_" + name) || word.equals("total_" + name)) {
                return r;
            }
        }
        return -1;
    }
}
