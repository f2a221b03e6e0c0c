package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("other tests break connections of their own, and all are told of in one place")
class ClosingTest {
    /** A statement that is interrupted loses its connection, and that is told as a warning. */
    @Test
    void aVeemThatIsClosedBreaksNoConnection() {
        var told = new ListAppender<ILoggingEvent>();
        told.start();
        var pool = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari");
        pool.addAppender(told);
        try (var site = SimulatedSite.with(1)) {
            for (int i = 0; i < 20; i++) {
                site.veem.close();
                site.reopen();
            }
        } finally {
            pool.detachAppender(told);
        }
        assertThat(told.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN)).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }
}
