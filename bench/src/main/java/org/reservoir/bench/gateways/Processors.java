package org.reservoir.bench.gateways;

import java.time.Duration;

/** Processor time used so far. */
final class Processors {
    private Processors() {}

    /** Of this process. */
    static Duration ofServer() {
        return used(ProcessHandle.current());
    }

    /** Of the PostgreSQL processes that this process started, those that serve its connections among them. */
    static Duration ofDatabase() {
        return ProcessHandle.current().descendants().filter(process -> process.info().command().filter(command -> command.contains("postgres")).isPresent())
                .map(Processors::used).reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration used(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
