package org.reservoir.monitoring.kinds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/**
 * Probes that are programs, in whatever language: one process each, which stays and is asked again and again (see
 * docs/how-to-add/a-script-probe.md for what it reads and writes). Only programs that lie in one folder are run, which
 * none but its owner may write to: who may order probes from afar may thereby run nothing that an administrator has not put there.
 */
public final class ScriptKind implements ProbeKind {
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
    private static final int MOST_ARGUMENTS = 20;

    private final Path folder;

    /** @param folder of the programs; it need not be there yet */
    public ScriptKind(Path folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return "script";
    }

    @Override
    public String purpose() {
        return "what a program of the folder %s tells".formatted(folder);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(MadeOf.needed("program", "name of a program in that folder"), MadeOf.needed("attributes", "names that it tells, as name or name:unit, with commas between"),
                MadeOf.usually("arguments", "of the program, with blanks between", ""));
    }

    @Override
    public Probe make(Map<String, String> given) {
        var command = new ArrayList<String>();
        command.add(program(given.get("program")).toString());
        var arguments = given.get("arguments").strip();
        if (!arguments.isEmpty()) {
            command.addAll(List.of(arguments.split(" +")));
        }
        if (command.size() > MOST_ARGUMENTS + 1) {
            throw bad("A program gets at most %d arguments.".formatted(MOST_ARGUMENTS), "");
        }
        return new Script(schema(given.get("program"), given.get("attributes")), new CoProcess(command, folder), System::nanoTime);
    }

    private static Schema schema(String program, String attributes) {
        var all = new ArrayList<Schema.Attribute>();
        for (var each : attributes.split(",")) {
            var words = each.strip().split(":", 2);
            all.add(new Schema.Attribute(words[0], ValueType.DOUBLE, words.length > 1 ? words[1] : "", true));
        }
        return Schemas.distinct("script." + program, all);
    }

    private Path program(String name) {
        if (!PROGRAM.matcher(name).matches()) {
            throw bad("'%s' is no name of a program.".formatted(name.length() <= 60 ? name : name.substring(0, 60) + "…"), "Name a file of the folder, without any path.");
        }
        try {
            var home = folder.toRealPath();
            var program = home.resolve(name).toRealPath();
            if (!program.getParent().equals(home) || !Files.isRegularFile(program) || !Files.isExecutable(program)) {
                throw bad("%s is no program that lies in %s.".formatted(name, folder), "Put the file itself there, and make it executable.");
            }
            requireGuarded(home);
            requireGuarded(program);
            return program;
        } catch (IOException e) {
            throw bad("There is no program %s in %s.".formatted(name, folder), "Put it there, and make it executable.");
        }
    }

    private static void requireGuarded(Path path) throws IOException {
        var permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE) || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw bad("Others than its owner may write to %s.".formatted(path), "chmod go-w it.");
        }
    }

    private static Refused bad(String message, String advice) {
        return Refused.invalid("BAD_PROBE", message, advice);
    }
}
