package org.reservoir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people are told of what a site answers: whether what was asked for came about, not only that it is over; and why not. */
class ToldTest {
    private static final String RUNS = "{\"id\":\"vee-2\",\"name\":\"web\",\"state\":\"RUNNING\",\"ready\":true%s}";
    private final ArrayDeque<String> answers = new ArrayDeque<>();
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private HttpServer site;

    @BeforeEach
    void open() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", this::answer);
        site.start();
    }

    @AfterEach
    void close() {
        site.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var answer = answers.remove();
            boolean problem = answer.startsWith("{\"status\"");
            var body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", problem ? "application/problem+json" : "application/json");
            exchange.sendResponseHeaders(problem ? 400 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private int run(String... words) {
        var out = new PrintStream(told, true, StandardCharsets.UTF_8);
        return Reservoir.run(List.of(words), Map.of("RESERVOIR_URL", "http://127.0.0.1:" + site.getAddress().getPort(), "RESERVOIR_TOKEN", "x"), new ByteArrayInputStream(new byte[0]), out, out);
    }

    private String told() {
        return told.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anActionThatFailedIsAFailureThoughTheVeeRunsOn() {
        answers.add("{\"id\":\"vee-2\",\"name\":\"web\",\"state\":\"SUSPENDING\",\"doing\":\"pause\"}");
        answers.add(RUNS.formatted(",\"problem\":\"pause failed: the host is busy\""));
        assertThat(run("vee", "suspend", "web", "--wait")).isEqualTo(Failure.Exit.REFUSED.code);
        assertThat(told()).contains("error: vee-2: pause failed: the host is busy [FAILED]", "It is RUNNING.");
    }

    @Test
    void theCodeThatAFailureTellsIsItsCode() {
        answers.add("{\"id\":\"vee-2\",\"name\":\"web\",\"state\":\"CHANGING\",\"doing\":\"resize\"}");
        answers.add(RUNS.formatted(",\"problem\":\"resize failed: NEEDS_POWER_OFF: vee-2 runs.\""));
        assertThat(run("vee", "suspend", "web", "--wait")).isEqualTo(Failure.Exit.REFUSED.code);
        assertThat(told()).contains("vee-2 runs. [NEEDS_POWER_OFF]");
    }

    @Test
    void aProblemThatWasThereBeforeIsNoneOfAnActionThatTakesNoTime() {
        answers.add(RUNS.formatted(",\"problem\":\"cannot leave its host\""));
        assertThat(run("vee", "reschedule", "web", "--wait")).isZero();
    }

    /** Where an expression ends in the middle is shown below it. */
    @Test
    void aMessageOfSeveralLinesIsShownInSeveralAndSteersNoTerminal() {
        answers.add("{\"status\":400,\"code\":\"BAD_EXPRESSION\",\"detail\":\"It ends.\\n  free >\\n\\u001b[2J       ^\",\"advice\":\"Give a value.\"}");
        assertThat(run("vee", "suspend", "web")).isEqualTo(Failure.Exit.REFUSED.code);
        assertThat(told()).isEqualTo("error: It ends. [BAD_EXPRESSION]\n    free >\n  ·[2J       ^\n  Give a value.\n");
    }

    @Test
    void whoDoesNotWaitIsToldHowToFollow() {
        answers.add("{\"id\":\"vee-2\",\"name\":\"web\",\"state\":\"SUSPENDING\",\"doing\":\"pause\"}");
        assertThat(run("vee", "suspend", "web")).isZero();
        assertThat(told()).contains("Noted. Follow it with: reservoir vee show vee-2 --watch");
    }

    @Test
    void whyAVeeWaitsOnASiteWithoutHostsIsToldWithWhatToDo() {
        answers.add("[]");
        assertThat(run("vee", "why", "web")).isZero();
        assertThat(told()).contains("This site has no host", "reservoir host add NAME URI").doesNotContain("None");
    }

    @Test
    void whoeverChangesSomethingWithoutSayingWhatIsAskedForItBeforeTheSiteIs() {
        assertThat(run("user", "change", "ann")).isEqualTo(Failure.Exit.USAGE.code);
        assertThat(run("host", "change", "h1")).isEqualTo(Failure.Exit.USAGE.code);
        assertThat(told()).contains("error: Say what is to change. [USAGE]", "One or more of --group, --groups, --administrator, --enabled, --name.", "--cpu-factor");
    }
}
