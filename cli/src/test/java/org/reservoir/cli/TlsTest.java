package org.reservoir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.gateways.rest.TestSite;

/** A token goes only to a site whose certificate somebody vouches for. */
class TlsTest {
    private static final String PASSWORD = "certainly";

    @TempDir
    private Path folder;

    @Test
    void aSiteIsTrustedByTheCertificatesNamedAndByNoOthers() throws IOException, InterruptedException {
        var store = folder.resolve("site.p12");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1", "-keystore", store.toString());
        keytool("-exportcert", "-rfc", "-file", folder.resolve("site.pem").toString(), "-keystore", store.toString());
        var options = new RestOptions("127.0.0.1", 0, Optional.of(new RestOptions.Tls(store, Optional.empty(), PASSWORD)), false, false, 512, 200, Duration.ofSeconds(20));
        try (var site = new TestSite(options)) {
            var known = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", site.token, "RESERVOIR_CA", folder.resolve("site.pem").toString());
            assertThat(run(known)).startsWith("0 ").contains("admin");
            assertThat(run(Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", site.token))).startsWith("3 ").contains("SITE_UNREACHABLE", "RESERVOIR_CA");
        }
    }

    private String run(Map<String, String> environment) {
        var said = new ByteArrayOutputStream();
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        var exit = new Reservoir(new Terminal(out, out, InputStream.nullInputStream(), false, environment, folder, InstantSource.system(), _ -> false)).run(List.of("user", "show", "me"));
        return exit + " " + said.toString(StandardCharsets.UTF_8);
    }

    private static void keytool(String... words) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-alias", "site", "-storetype", "PKCS12", "-storepass", PASSWORD));
        var run = new ProcessBuilder(command).redirectErrorStream(true).start();
        var told = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as(told).isZero();
    }
}
