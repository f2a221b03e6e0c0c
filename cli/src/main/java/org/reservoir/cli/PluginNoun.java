package org.reservoir.cli;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;

/** Jars that join the running site. */
final class PluginNoun {
    private static final String PLUGINS = "/api/site/v1/plugins";
    private static final String[] COLUMNS = {"NAME", "STATE", "PROVIDES", "SIGNER", "SINCE=since:age", "WHY"};

    private PluginNoun() {}

    static Noun noun() {
        return Noun.of("plugin", "Signed jars with policies and solvers of your own, used while the site runs; for administrators.", () -> List.of(
                Verb.of("list", "List plug-ins, in force or not.", Call.table(PLUGINS, COLUMNS)).options(Call.WATCH),
                Verb.of("add", "Put a signed jar into force, in place of one of that name.", new Add()).arg("NAME", "What you call it; policies name its goal so.")
                        .options(Opt.text("--file", "FILE", "The jar, signed by a certificate that the site trusts (site --plugin-signers).", "").needed())
                        .example("plugin add cheapest --file cheapest.jar").example("policy set --goal cheapest=1"),
                Verb.of("remove", "Take a plug-in out of force and away.", Call.send("DELETE", PLUGINS + "/{NAME}").hint("Removed.")).arg("NAME", "Which.")));
    }

    private record Add() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var jar = call.bytes(call.option("--file").orElseThrow());
            var answer = call.site().upload("PUT", call.path(PLUGINS + "/{NAME}"), Map.of("Content-Type", "application/java-archive"), new Http.Content(new ByteArrayInputStream(jar), jar.length));
            call.output().list(List.of(answer), Column.of(COLUMNS));
        }
    }
}
