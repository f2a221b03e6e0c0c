package org.reservoir.veem.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.interfaces.vmi.GuestReport.Interface;

class AgentAnswersTest {
    private final List<String> asked = new ArrayList<>();

    @Test
    void aGuestTellsItsNameSystemAndAddresses() {
        var report = AgentAnswers.report(agent(Map.of("guest-ping", "{}", "guest-get-host-name", "{\"host-name\": \"web-1\"}",
                "guest-get-osinfo", "{\"name\": \"Debian\", \"pretty-name\": \"Debian GNU/Linux 12\"}", "guest-network-get-interfaces", """
                [{"name": "lo", "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "127.0.0.1", "prefix": 8}], "hardware-address": "00:00:00:00:00:00"},
                 {"name": "eth0", "ip-addresses": [{"ip-address": "10.1.0.5", "prefix": 24}, {"ip-address": "fe80::1", "prefix": 64}],
                  "statistics": {"tx-packets": 11}, "hardware-address": "52:54:00:12:34:56"}, {"name": "down"}]""")));
        assertThat(report).isEqualTo(new GuestReport(true, Optional.of("web-1"), Optional.of("Debian GNU/Linux 12"), List.of(
                new Interface("lo", Optional.of("00:00:00:00:00:00"), List.of("127.0.0.1/8")),
                new Interface("eth0", Optional.of("52:54:00:12:34:56"), List.of("10.1.0.5/24", "fe80::1/64")), new Interface("down", Optional.empty(), List.of()))));
    }

    @Test
    void aGuestWithoutAnAgentIsAskedOnce() {
        assertThat(AgentAnswers.report(agent(Map.of()))).isEqualTo(GuestReport.SILENT);
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"text\"", "{\"name\": 7}", "[[[]]]", "[{\"name\": \"\"}]", "not JSON", "[{\"name\": \"x\", \"ip-addresses\": 7}]",
            "[{\"name\": \"x\", \"hardware-address\": \"<script>\", \"ip-addresses\": [{\"ip-address\": \"; rm -rf /\", \"prefix\": 1}]}]"})
    void nonsenseIsLeftOut(String nonsense) {
        var report = AgentAnswers.report(agent(Map.of("guest-ping", "{}", "guest-get-host-name", nonsense, "guest-get-osinfo", nonsense,
                "guest-network-get-interfaces", nonsense)));
        assertThat(report.agent()).isTrue();
        assertThat(report.nics()).allSatisfy(nic -> {
            assertThat(nic.mac()).isEmpty();
            assertThat(nic.addresses()).isEmpty();
        });
    }

    @Test
    void whatIsTooMuchIsCutOff() {
        var nic = "{\"name\": \"%s\\u0000\", \"ip-addresses\": [%s]}".formatted("n".repeat(5000), "{\"ip-address\": \"10.0.0.1\", \"prefix\": 900},".repeat(500) + "{}");
        var report = AgentAnswers.report(agent(Map.of("guest-ping", "{}", "guest-network-get-interfaces", "[" + (nic + ",").repeat(200) + nic + "]")));
        assertThat(report.nics()).hasSize(32).allSatisfy(each -> {
            assertThat(each.name()).hasSize(128);
            assertThat(each.addresses()).hasSize(32).contains("10.0.0.1/128");
        });
    }

    private Function<String, Optional<String>> agent(Map<String, String> answers) {
        return json -> {
            asked.add(json);
            return Optional.ofNullable(answers.get(json.replaceAll(".*:\"|\"}", ""))).map(answer -> "{\"return\": " + answer + "}");
        };
    }
}
