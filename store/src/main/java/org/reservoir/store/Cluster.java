package org.reservoir.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.reservoir.kernel.Refused;

/**
 * The files of a managed PostgreSQL: where they are, how they are first made, and its configuration, which is written
 * anew before each start. Nobody outside can talk to it: it listens on a unix socket that only its own user (and root)
 * can reach, and takes the kernel's word for who is calling (peer authentication), so there is no password to keep.
 */
final class Cluster {
    /** The name of their folder. */
    static final String FILES = "cluster";
    static final String OWNER = "reservoir";
    static final String DATABASE = "postgres";
    /** What {@code sockaddr_un} can hold, less the socket's own name. */
    private static final int LONGEST_SOCKET_DIRECTORY = 107 - "/.s.PGSQL.5432".length();

    private final DatabaseSettings.Managed settings;
    private final ServiceUser user;
    private final PostgresPrograms programs;
    private final Optional<ModelCluster> model;

    /** @param model as which they begin, where it can be copied */
    Cluster(DatabaseSettings.Managed settings, ServiceUser user, PostgresPrograms programs, Optional<ModelCluster> model) {
        this.settings = settings;
        this.user = user;
        this.programs = programs;
        this.model = model;
    }

    Path files() {
        return settings.directory().resolve(FILES);
    }

    Path log() {
        return settings.directory().resolve("postgresql.log");
    }

    Path socket() {
        return socketDirectory().resolve(".s.PGSQL.5432");
    }

    private Path socketDirectory() {
        var beside = settings.directory().resolve("socket");
        if (beside.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_DIRECTORY) {
            throw Refused.invalid("DATABASE_DIRECTORY_TOO_LONG", "%s is too long a path for the socket of PostgreSQL".formatted(beside),
                    "choose a directory of at most %d bytes".formatted(LONGEST_SOCKET_DIRECTORY - "/socket".length()));
        }
        return beside;
    }

    /** Makes what is missing. A first start that was interrupted is begun anew: only a finished cluster is moved into place. */
    void prepare() {
        try {
            user.mustReach(settings.directory());
            user.ownDirectory(socketDirectory());
            if (!Files.exists(files().resolve("PG_VERSION"))) {
                create();
            }
            checkVersion();
            configure();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare the database directory " + settings.directory(), e);
        }
    }

    private void create() throws IOException {
        var draft = settings.directory().resolve("cluster.new");
        Trees.delete(draft);
        if (model.isEmpty() || !model.get().copyTo(draft, programs, user, settings.durable())) {
            initialise(draft);
        }
        Files.move(draft, files());
    }

    private void initialise(Path draft) throws IOException {
        user.ownDirectory(draft);
        var command = new ArrayList<>(List.of(programs.bin().resolve("initdb").toString(), "-D", draft.toString(), "-U", OWNER, "--auth=peer",
                "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"));
        if (!settings.durable()) {
            command.add("--no-sync");
        }
        var builder = new ProcessBuilder(user.command(false, command)).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.to(log().toFile())).directory(draft.toFile());
        builder.environment().clear();
        builder.environment().putAll(user.environment(draft));
        await(builder.start());
    }

    private void await(Process initdb) {
        try {
            if (!initdb.waitFor(120, TimeUnit.SECONDS)) {
                initdb.destroyForcibly();
                throw Refused.unavailable("DATABASE_NOT_CREATED", "initdb did not end within 120 seconds", "see " + log());
            }
        } catch (InterruptedException e) {
            initdb.destroyForcibly();
            Thread.currentThread().interrupt();
            throw Refused.unavailable("DATABASE_UNAVAILABLE", "interrupted while making the database", "start again");
        }
        if (initdb.exitValue() != 0) {
            throw Refused.unavailable("DATABASE_NOT_CREATED", "initdb failed: " + lastWords(), "see " + log());
        }
    }

    private void checkVersion() throws IOException {
        var made = Files.readString(files().resolve("PG_VERSION")).strip();
        if (!made.equals(Integer.toString(programs.version()))) {
            throw Refused.conflict("DATABASE_OF_OTHER_VERSION", "%s was made by PostgreSQL %s, but %s is PostgreSQL %d".formatted(files(), made, programs.bin(), programs.version()),
                    "install PostgreSQL " + made + ", or restore a backup into a new directory");
        }
    }

    private void configure() throws IOException {
        write("postgresql.conf", configuration());
        write("pg_hba.conf", "local all all peer map=site\n");
        write("pg_ident.conf", "site %s %s\nsite %s %s\n".formatted(quoted(System.getProperty("user.name")), OWNER, quoted(user.name()), OWNER));
    }

    /** Tuned for one site server on the same machine: quick to start, few processes, no planner surprises. */
    private String configuration() {
        var lines = new ArrayList<String>();
        lines.add("# Written by Reservoir before each start; changes made here are lost.");
        lines.add("listen_addresses = ''");
        lines.add("unix_socket_directories = " + quotedValue(socketDirectory().toString()));
        lines.add("unix_socket_permissions = 0700");
        lines.add("max_connections = " + (2 * settings.connections() + 20));
        lines.add("shared_buffers = 64MB");
        lines.add("max_wal_size = 1GB");
        lines.add("checkpoint_timeout = 15min");
        lines.add("wal_level = minimal");
        lines.add("max_wal_senders = 0");
        lines.add("max_logical_replication_workers = 0");
        lines.add("max_parallel_workers_per_gather = 0");
        lines.add("jit = off");
        lines.add("update_process_title = off");
        // the work table lives on rows that come and go: look often, vacuum early
        lines.add("autovacuum_naptime = 15s");
        lines.add("timezone = 'UTC'");
        lines.add("log_timezone = 'UTC'");
        lines.add("log_checkpoints = off");
        lines.add("log_min_messages = warning");
        lines.add("log_line_prefix = '%m [%p] '");
        if (programs.version() >= 18) {
            lines.add("io_method = sync");
        }
        if (!settings.durable()) {
            lines.addAll(List.of("fsync = off", "synchronous_commit = off", "full_page_writes = off"));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String quotedValue(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private void write(String name, String content) throws IOException {
        var file = files().resolve(name);
        Files.writeString(file, content);
        user.own(file);
    }

    /** Starts the server as a child; it says in its own file when it is ready. */
    Process launch() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > 8 << 20) {
            Files.move(log(), log().resolveSibling("postgresql.log.1"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        var builder = new ProcessBuilder(user.command(true, List.of(programs.bin().resolve("postgres").toString(), "-D", files().toString())));
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())).directory(settings.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(user.environment(files()));
        return builder.start();
    }

    /** The end of the server's log, for people. */
    String lastWords() {
        try {
            var lines = Files.readAllLines(log());
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - 6), lines.size()));
        } catch (IOException none) {
            return "(no log)";
        }
    }
}
