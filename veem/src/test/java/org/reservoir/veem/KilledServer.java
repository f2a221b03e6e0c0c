package org.reservoir.veem;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.placement.Policy;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.kept.Bounds;
import org.reservoir.veem.work.Aftermath;

/** A site server in a process of its own, to be killed. It says {@code started}, and ends with the one that began it. */
final class KilledServer implements AutoCloseable {
    private final Process process;

    private KilledServer(Process process) {
        this.process = process;
    }

    static KilledServer start(DatabaseSettings.External database, Path images, Path sources) throws java.io.IOException {
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), KilledServer.class.getName(), database.url(), database.user(), database.password(), images.toString(), sources.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var said = process.inputReader();
        for (var line = said.readLine(); !"started".equals(line); line = said.readLine()) {
            if (line == null) {
                throw new AssertionError("the server ended before it had started");
            }
        }
        return new KilledServer(process);
    }

    static Veem veem(SiteDatabase database, Path images, Path sources, String worker) {
        var settings = new Veem.Settings("dead", worker, images, List.of(sources), Aftermath.Patience.USUAL, Keeping.USUAL, Bounds.USUAL, Policy.STRIPING);
        return new Veem(database, List.of(), Quotas.UNBOUNDED, InstantSource.system(), settings, (_, _) -> {});
    }

    /** As {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws java.io.IOException {
        var settings = new DatabaseSettings.External(arguments[0], arguments[1], arguments[2], 4, Duration.ofSeconds(30));
        var database = SiteDatabase.open(settings, List.of("db/store", Veem.MIGRATIONS));
        veem(database, Path.of(arguments[3]), Path.of(arguments[4]), "killed-" + ProcessHandle.current().pid()).start();
        System.out.println("started");
        System.in.read();
        Runtime.getRuntime().halt(0);
    }
}
