package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.Wire;

/** The description against which others write clients must be right: two foreign libraries judge it. */
class OpenApiTest {
    private static final TestSite SITE = new TestSite();
    private static final JsonNode DOCUMENT = SITE.get("/openapi.json").json();
    private static final SchemaJudge JUDGE = new SchemaJudge(DOCUMENT);

    @AfterAll
    static void stop() {
        SITE.close();
    }

    @Test
    void aForeignParserFindsNothingWrongWithTheDescription() {
        var options = new ParseOptions();
        options.setResolve(true);
        var result = new OpenAPIV3Parser().readContents(DOCUMENT.toString(), null, options);
        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths()).hasSameSizeAs(DOCUMENT.get("paths"));
    }

    @Test
    void everyOperationHasItsOwnId() {
        var ids = new ArrayList<String>();
        DOCUMENT.get("paths").forEach(path -> path.forEach(operation -> ids.add(operation.get("operationId").asText())));
        assertThat(ids).doesNotHaveDuplicates().contains("vee.create", "service.submit", "token.create", "event.stream");
    }

    @Test
    void whatRoutesAnswerFitsTheirSchemas() {
        var made = new ArrayList<String>();
        made.add(answered("POST", "/api/veeh/v1/hosts", "{\"name\":\"h\",\"uri\":\"sim://h\",\"labels\":{\"rack\":\"1\"}}"));
        made.add(answered("POST", "/api/veem/v1/images", "{\"name\":\"i\",\"kind\":\"DISK\",\"source\":\"i.qcow2\"}"));
        made.add(answered("POST", "/api/veem/v1/networks", "{\"name\":\"n\",\"reach\":\"nat\",\"ranges\":[{\"cidr\":\"10.0.0.0/24\"}]}"));
        made.add(answered("POST", "/api/veem/v1/vees", "{\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\",\"disks\":[{\"image\":\"image-1\"}],"
                + "\"nics\":[{\"network\":\"network-1\"}],\"tags\":{\"a\":\"b\"},\"limits\":{\"vcpus\":2,\"memory\":\"1GiB\"}}"));
        made.add(answered("POST", "/api/veem/v1/vees", "[{\"name\":\"b\",\"vcpus\":1,\"memory\":\"64MiB\",\"hold\":true}]"));
        made.add(answered("POST", "/api/veem/v1/leases", "{\"name\":\"l\",\"start\":\"AT\",\"at\":\"2030-01-01T00:00:00Z\",\"duration\":\"PT1H\",\"vees\":[{\"name\":\"c\",\"vcpus\":1,\"memory\":\"64MiB\"}]}"));
        made.add(answered("DELETE", "/api/veem/v1/leases/l", ""));
        made.add(answered("POST", "/api/veem/v1/vees/a/actions/suspend", ""));
        made.add(answered("POST", "/api/veem/v1/vees/actions/resume", "{\"vees\":[\"a\",\"b\"]}"));
        made.add(answered("POST", "/api/sm/v1/services", "{\"name\":\"shop\",\"manifest\":\"PEVudmVsb3BlLz4=\"}"));
        made.add(answered("POST", "/api/sm/v1/services/plan", "{\"name\":\"shop\",\"manifest\":\"PEVudmVsb3BlLz4=\"}"));
        made.add(answered("POST", "/api/access/v1/users/me/tokens", "{\"name\":\"t\",\"lifetime\":\"P1D\"}"));
        made.add(answered("PUT", "/api/access/v1/users/me/quota", "{\"vees\":9}"));
        made.add(answered("POST", "/api/accounting/v1/pricebooks",
                "{\"validFrom\":\"2026-01-01T00:00:00Z\",\"currency\":\"EUR\",\"granularity\":\"PT1S\",\"prices\":{\"RUNNING\":{\"CPU\":0.02}}}"));
        made.add(answered("PUT", "/api/placement/v1/policies", "{\"goals\":{\"power\":1},\"period\":\"PT10M\"}"));
        made.add(answered("POST", "/api/placement/v1/reviews", ""));
        made.add(answered("POST", "/api/placement/v1/plans", ""));
        made.add(answered("POST", "/api/placement/v1/survival", "{\"hosts\":[\"h\"]}"));
        made.add(answered("POST", "/api/placement/v1/admissions", "{\"name\":\"shop\",\"promised\":0.99,\"tiers\":[{\"name\":\"web\",\"cpu\":1,\"memory\":\"1GiB\",\"least\":1,\"most\":3,\"apart\":true}]}"));
        made.add(answered("PUT", "/api/monitoring/v1/alarms/hot", "{\"metric\":\"vee.cpu.percent\",\"kind\":\"ABOVE\",\"threshold\":90,\"webhooks\":[{\"url\":\"https://example.org\"}]}"));
        made.add(answered("POST", "/api/monitoring/v1/alarms/hot/silence", "{\"time\":\"PT1H\"}"));
        for (var path : List.of("/api/monitoring/v1/alarms", "/api/placement/v1/policies", "/api/placement/v1/plans", "/api/veem/v1/vees", "/api/veem/v1/vees?view=full", "/api/veem/v1/images", "/api/veem/v1/networks", "/api/veem/v1/leases?over=true", "/api/veem/v1/lease-calendar", "/api/veeh/v1/hosts",
                "/api/sm/v1/services", "/api/access/v1/users", "/api/access/v1/groups", "/api/accounting/v1/pricebooks", "/api/monitoring/v1/measurements",
                "/api/site/v1/status", "/health", "/api/monitoring/v1/history", "/api/monitoring/v1/history/groups?by=service", "/api/monitoring/v1/history/health", "/api/v1/query?query=up",
                "/api/v1/labels", "/api/v1/metadata")) {
            made.add(answered("GET", path, ""));
        }
        made.add(answered("GET", "/api/veem/v1/vees/a/history", ""));
        made.add(answered("GET", "/api/veem/v1/vees/a/placement", ""));
        made.add(answered("GET", "/api/veem/v1/networks/n/leases", ""));
        made.add(answered("GET", "/api/sm/v1/services/shop/decisions", ""));
        made.add(answered("GET", "/api/accounting/v1/services/shop/statement", ""));
        assertThat(made).allMatch(String::isEmpty);
    }

    @Test
    void problemsFitTheirSchemaToo() {
        var problem = DOCUMENT.at("/components/responses/Problem/content/application~1problem+json/schema");
        assertThat(JUDGE.errors(problem, SITE.get("/api/veem/v1/vees/nobody").body())).isEmpty();
    }

    @Test
    void theReferenceInDocsIsTheDescriptionThatIsServed() throws IOException {
        var file = Path.of("..", "docs", "reference", "rest.md");
        var reference = RestReference.of(DOCUMENT);
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, reference);
        }
        assertThat(file).as("write it anew with -Dgolden=write").hasContent(reference);
    }

    /** What is wrong with the answer to a request; nothing when all is well. */
    private static String answered(String method, String path, String body) {
        var reply = SITE.send(method, path, body);
        return reply.status() >= 400 ? reply.body() : JUDGE.wrong(method, path, reply.status(), reply.header("Content-Type"), reply.body());
    }

    @Test
    void theSchemaJudgeCanSayNo() {
        var vee = Map.of("$ref", "#/components/schemas/Vee");
        assertThat(JUDGE.errors(Wire.json().valueToTree(vee), "{\"id\":\"vee-1\"}")).isNotEmpty();
        assertThat(JUDGE.wrong("GET", "/api/veem/v1/vees/a", 200, "application/json", "{\"id\":7}")).contains("id");
        assertThat(JUDGE.wrong("GET", "/api/veem/v1/vees/a", 200, "text/html", "<html>")).contains("text/html");
        assertThat(JUDGE.wrong("GET", "/api/veem/v1/vees/a", 201, "application/json", "{}")).contains("201");
        assertThat(JUDGE.wrong("GET", "/api/elsewhere", 200, "application/json", "{}")).contains("not described");
    }
}
