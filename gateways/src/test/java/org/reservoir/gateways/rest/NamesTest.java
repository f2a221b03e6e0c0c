package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a thing is called where a path or a body names it. */
class NamesTest {
    private static final String SERVICES = "/api/sm/v1/services";
    private static final String BORDERS = "/api/monitoring/v1/borders/";

    private final TestSite site = new TestSite();

    @AfterEach
    void stop() {
        site.close();
    }

    private void submit(String name) {
        var manifest = Base64.getEncoder().encodeToString("<Envelope/>".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(site.post(SERVICES, "{\"name\":\"%s\",\"manifest\":\"%s\"}".formatted(name, manifest)).status()).isLessThan(300);
    }

    private void undeploy(String service) {
        assertThat(site.post(SERVICES + "/" + service + "/actions/undeploy", "").status()).isLessThan(300);
    }

    private String admitted(String service) {
        var answer = site.post(BORDERS + service + "/in", "{\"peer\":\"madrid\"}");
        return answer.status() < 300 ? answer.json().get("service").asText() : answer.problem();
    }

    @Test
    void aServicesNameIsThatOfTheOneThatLivesElseOfTheLast() {
        submit("shop");
        undeploy("service-1");
        assertThat(admitted("shop")).as("what was measured of one that is gone may still come").isEqualTo("service-1");
        submit("shop");
        assertThat(admitted("shop")).isEqualTo("service-2");
        undeploy("shop");
        assertThat(admitted("shop")).isEqualTo("service-2");
        submit("shop");
        submit("shop");
        assertThat(admitted("shop")).isEqualTo("NAME_AMBIGUOUS");
        assertThat(admitted("stall")).isEqualTo("SERVICE_NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource({"vee/web, vee-1", "vee-1, vee-1", "host/h1, host-1", "service/shop, service-1", "vee-4711, vee-4711"})
    void whatIsMeasuredIsNamedInOneWay(String said, String subject) {
        somethingOfEach();
        var alarm = site.send("PUT", "/api/monitoring/v1/alarms/hot", "{\"metric\":\"load\",\"kind\":\"ABOVE\",\"threshold\":9,\"subject\":\"%s\"}".formatted(said));
        assertThat(alarm.json().at("/rule/subject").asText()).isEqualTo(subject);
        assertThat(site.get("/api/accounting/v1/metered?subject=" + said).json().at("/0/subject").asText()).isEqualTo(subject);
        site.post("/api/monitoring/v1/agents", "{\"name\":\"queues\",\"subjects\":[\"%s\"]}".formatted(said));
        assertThat(site.get("/api/monitoring/v1/agents").json().at("/0/tells/0").asText()).isEqualTo(subject);
        var probe = site.post("/api/monitoring/v1/probes", "{\"name\":\"queue\",\"kind\":\"host.load\",\"subject\":\"%s\"}".formatted(said));
        assertThat(probe.json().at("/subject").asText()).isEqualTo(subject);
    }

    private void somethingOfEach() {
        site.vee("web");
        submit("shop");
        site.post("/api/veeh/v1/hosts", "{\"name\":\"h1\",\"uri\":\"sim://h1\"}");
    }

    @ParameterizedTest
    @CsvSource({"h1", "host/h1", "host-1", "1"})
    void theHostOfAnAgentIsNamedAsHostsAre(String said) {
        somethingOfEach();
        assertThat(site.post("/api/monitoring/v1/agents", "{\"name\":\"far\",\"host\":\"%s\"}".formatted(said)).status()).isLessThan(300);
        assertThat(site.get("/api/monitoring/v1/agents").json().at("/0/tells/0").asText()).isEqualTo("host-1");
    }

    @Test
    void aNameThatNothingHasIsRefusedWhereSomethingIsNamed() {
        assertThat(site.get("/api/accounting/v1/metered?subject=vee/nobody").problem()).isEqualTo("VEE_NOT_FOUND");
        assertThat(site.post("/api/monitoring/v1/agents", "{\"name\":\"far\",\"host\":\"nowhere\"}").problem()).isEqualTo("HOST_NOT_FOUND");
        assertThat(site.post("/api/monitoring/v1/agents", "{\"name\":\"far\",\"subjects\":[\"service/nobody\"]}").problem()).isEqualTo("SERVICE_NOT_FOUND");
        assertThat(site.post("/api/monitoring/v1/probes", "{\"name\":\"queue\",\"kind\":\"host.load\",\"subject\":\"host/nowhere\"}").problem()).isEqualTo("HOST_NOT_FOUND");
        assertThat(site.get("/api/events?subject=vee/nobody").problem()).isEqualTo("VEE_NOT_FOUND");
    }
}
