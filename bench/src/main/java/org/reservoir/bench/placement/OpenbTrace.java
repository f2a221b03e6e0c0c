package org.reservoir.bench.placement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.reservoir.kernel.Refused;

/**
 * Alibaba's cluster-trace-gpu-v2023: lists of nodes and of pods as comma-separated tables with a line of column names. Pod lists differ in their columns; those with
 * {@code creation_time} and {@code deletion_time} can be replayed in time.
 */
final class OpenbTrace {
    private OpenbTrace() {}

    /** @param cpu milli-CPUs; @param memory MiB; @param gpu thousandths of devices; @param model of its devices, empty when it has none */
    record Node(String name, long cpu, long memory, long gpu, String model) {}

    /**
     * @param gpu     thousandths of devices: a share of one, or whole ones
     * @param models  of devices it may have; any when empty
     * @param created seconds; empty where the list has no times
     */
    record Pod(String name, long cpu, long memory, long gpu, Set<String> models, Optional<Long> created, Optional<Long> deleted) {
        boolean takes(Node node) {
            return models.isEmpty() || models.contains(node.model());
        }
    }

    static List<Node> nodes(Path file) throws IOException {
        return Table.read(file).rows(row -> new Node(row.text("sn"), row.number("cpu_milli"), row.number("memory_mib"), 1000 * row.number("gpu"), row.text("model")));
    }

    static List<Pod> pods(Path file) throws IOException {
        return Table.read(file).rows(row -> new Pod(row.text("name"), row.number("cpu_milli"), row.number("memory_mib"), row.number("num_gpu") * row.number("gpu_milli"),
                Arrays.stream(row.text("gpu_spec").split("\\|")).filter(model -> !model.isEmpty()).collect(Collectors.toSet()), row.time("creation_time"), row.time("deletion_time")));
    }

    private record Table(Path file, List<String> columns, List<String> lines) {
        static Table read(Path file) throws IOException {
            var lines = Files.readAllLines(file);
            if (lines.stream().allMatch(String::isBlank)) {
                throw Refused.invalid("BAD_TRACE", "%s is empty.".formatted(file), "");
            }
            return new Table(file, List.of(lines.getFirst().split(",")), lines.subList(1, lines.size()));
        }

        <T> List<T> rows(java.util.function.Function<Row, T> reader) {
            return java.util.stream.IntStream.range(0, lines.size()).filter(i -> !lines.get(i).isBlank()).mapToObj(i -> reader.apply(new Row(this, i + 2, lines.get(i).split(",", -1)))).toList();
        }
    }

    private record Row(Table table, int line, String[] cells) {
        /** Empty where the table has no such column. */
        String text(String column) {
            int i = table.columns.indexOf(column);
            if (i >= cells.length) {
                throw wrong(column, "missing");
            }
            return i < 0 ? "" : cells[i].strip();
        }

        long number(String column) {
            var text = text(column);
            if (!text.matches("[0-9]{1,15}")) {
                throw wrong(column, "'%s'".formatted(text));
            }
            return Long.parseLong(text);
        }

        Optional<Long> time(String column) {
            return text(column).isEmpty() ? Optional.empty() : Optional.of(number(column));
        }

        private Refused wrong(String column, String what) {
            return Refused.invalid("BAD_TRACE", "%s, line %d: %s is %s, and should be a whole number from 0 on.".formatted(table.file, line, column, what), "");
        }
    }
}
