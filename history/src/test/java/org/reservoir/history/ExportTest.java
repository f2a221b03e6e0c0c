package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;

class ExportTest {
    private static final long BEGIN = Instant.parse("2026-11-24T10:00:00Z").toEpochMilli();
    private static final Wanted ALL = new Wanted.Matching(List.of(Matcher.of("__name__", Matcher.Op.LIKE, ".+")));
    private static final Span EVER = new Span(BEGIN, BEGIN + 86_400_000L * 9);

    @TempDir
    private Path folder;

    private TsFileHistory filled(int rows) throws InterruptedException {
        var history = TsFileHistory.open(folder.resolve("history"), HistoryPolicy.USUAL.within(1L << 30, 0), Instant::now);
        var web = history.pen(Subject.of(new VeeId(1)), List.of("load", "vee.memory.bytes"), Labels.of(new ServiceId(3), "web,\"1\""));
        var db = history.pen(Subject.of(new VeeId(2)), List.of("load"), Labels.NONE);
        for (int i = 0; i < rows; i++) {
            while (!web.write(BEGIN + i * 1000L, i / 3.0, i << 20) || !db.write(BEGIN + i * 1000L, -i)) {
                history.settle();
            }
        }
        history.settle();
        return history;
    }

    @Test
    void csvHasALineForEachSample() throws Exception {
        var out = new ByteArrayOutputStream();
        try (var history = filled(2)) {
            Export.csv(history, ALL, EVER, out);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                time,subject,metric,service,component,host,value
                2026-11-24T10:00:00Z,vee-1,load,service-3,"web,""1""\",,0.0
                2026-11-24T10:00:01Z,vee-1,load,service-3,"web,""1""\",,0.3333333333333333
                2026-11-24T10:00:00Z,vee-1,vee.memory.bytes,service-3,"web,""1""\",,0.0
                2026-11-24T10:00:01Z,vee-1,vee.memory.bytes,service-3,"web,""1""\",,1048576.0
                2026-11-24T10:00:00Z,vee-2,load,,,,0.0
                2026-11-24T10:00:01Z,vee-2,load,,,,-1.0
                """.replace("\n", "\r\n"));
    }

    /** Read by Hardwood, which knows nothing of us; more than one row group. */
    @Test
    void parquetIsReadByOthersAsItWasWritten() throws Exception {
        int rows = 60_000;
        var file = folder.resolve("export.parquet");
        try (var history = filled(rows); var out = Files.newOutputStream(file)) {
            Export.parquet(history, ALL, EVER, out);
        }
        int row = 0;
        try (var reader = ParquetFileReader.open(InputFile.of(file)); var found = reader.rowReader()) {
            for (; found.hasNext(); row++) {
                found.next();
                int series = row / rows;
                int i = row % rows;
                assertThat(found.getTimestamp("time")).isEqualTo(Instant.ofEpochMilli(BEGIN + i * 1000L));
                assertThat(found.getString("subject")).isEqualTo(series < 2 ? "vee-1" : "vee-2");
                assertThat(found.getString("metric")).isEqualTo(series == 1 ? "vee.memory.bytes" : "load");
                assertThat(found.getString("service")).isEqualTo(series < 2 ? "service-3" : "");
                assertThat(found.getDouble("value")).isEqualTo(series == 0 ? i / 3.0 : series == 1 ? i << 20 : -i);
            }
        }
        assertThat(row).isEqualTo(3 * rows);
        assertThat(Optional.of(Files.size(file)).orElseThrow()).isLessThan(3L * rows * 16);
    }

    @Test
    void whatIsEmptyIsATableWithoutRows() throws Exception {
        var file = folder.resolve("empty.parquet");
        try (var history = filled(0); var out = Files.newOutputStream(file)) {
            Export.parquet(history, ALL, EVER, out);
        }
        try (var reader = ParquetFileReader.open(InputFile.of(file))) {
            assertThat(reader.getFileMetaData().numRows()).isZero();
        }
    }
}
