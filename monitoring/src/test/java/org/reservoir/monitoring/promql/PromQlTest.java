package org.reservoir.monitoring.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** What is refused, and what is read for a query; what queries come to is held against Prometheus itself in BesidePrometheusTest. */
class PromQlTest {
    private final List<Span> read = new ArrayList<>();
    private final PromQl queries = new PromQl((_, span) -> {
        read.add(span);
        return List.of(new Points(new Series(new SeriesKey(Subject.of(new VeeId(1)), "x"), Labels.NONE), new long[] {1_000_000}, new double[] {5}));
    });

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "x[5m:1m] | Over time only numbers and instant vectors can be asked for.",
        "x[5m][5m:1m] | a subquery is of an instant vector",
        "rate(x[5m:0s]) | in steps of some time",
        "x offset 1m offset 2m | 'offset' is said twice",
        "x @ 1 @ 2 | '@' is said twice",
        "rate(x offset 1m [5m]) | a range is of a selector alone",
        "sum(x) offset 5m | 'offset' goes with selectors and subqueries alone",
        "x @ now() | a time in seconds, start() or end() is expected",
        "histogram_fraction(0, 1, x) | native histograms, and none are kept here",
        "label_join(x) | The function label_join() is not known here",
    })
    void whatCannotBeAnsweredIsRefusedInWords(String query, String words) {
        assertThatThrownBy(() -> queries.range(query, 0, 1_000, 1_000)).hasMessageContaining(words);
    }

    @Test
    void aSelectorIsReadOnceForAllTimesAtWhichItIsAsked() {
        queries.range("x + sum_over_time(x[1h:10m] @ 1000) + count_over_time(x[5m])", 2_000_000, 3_000_000, 100_000);
        assertThat(read).containsExactly(new Span(1_000_000 - 3_600_000 - Evaluation.LOOK_BACK, 3_000_000));
        read.clear();
        queries.range("x + max_over_time(x[1h:10m] offset 10m)", 20_000_000, 30_000_000, 100_000);
        assertThat(read).containsExactly(new Span(20_000_000 - 600_000 - 3_600_000 - Evaluation.LOOK_BACK, 30_000_000));
    }

    @Test
    void aSubqueryAloneIsItsSamples() {
        var result = (PromQl.Result.Matrix) queries.instant("(x * 2)[2m:30s]", 1_090_000);
        assertThat(result.lines()).singleElement().satisfies(line -> {
            assertThat(line.times()).containsExactly(1_020_000, 1_050_000, 1_080_000);
            assertThat(line.values()).containsOnly(10);
        });
    }

    @Test
    void aSubqueryOfManyStepsIsTooMuchWork() {
        assertThatThrownBy(() -> queries.instant("count_over_time(x[10y:1ms])", 400_000_000_000L)).hasMessageContaining("looks at more than");
    }
}
