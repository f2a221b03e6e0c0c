package org.reservoir.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An agent in a process of its own, that may be killed. */
final class AgentProcess implements AutoCloseable {
    private final Process process;
    private final Path log;

    private AgentProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param folder of its log and its spool */
    static AgentProcess start(Path folder, String... options) throws IOException {
        var log = Files.createTempFile(folder, "agent", ".log");
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                "org.reservoir.agent.Main", "--spool", folder.resolve("spool").toString(), "--listen", "127.0.0.1:0"));
        command.addAll(List.of(options));
        return new AgentProcess(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
    }

    /** What it printed. */
    String said() throws IOException {
        return Files.readString(log);
    }

    boolean lives() {
        return process.isAlive();
    }

    /** With SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
