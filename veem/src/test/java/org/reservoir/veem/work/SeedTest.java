package org.reservoir.veem.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import javax.xml.parsers.DocumentBuilderFactory;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.VeeRecord;
import org.w3c.dom.Element;

class SeedTest {
    private static final String AWKWARD = "it's \"quoted\" $HOME `id` \\ <&> é";
    private static final NicPart STATIC = nic(0, List.of("10.1.0.5/24", "fd00:7::5/64"), List.of("10.1.0.1", "fd00:7::1"), List.of("10.1.0.1"));

    @TempDir
    Path folder;

    @Test
    void cloudInitIsToldNameUserKeyAndCommandsWithWhatIsKnownFilledIn() {
        var config = userData(context(Optional.of("anna"), List.of("ssh-ed25519 AAAA anna"), List.of("echo ${nic0.address} ${unknown}"), Map.of()));
        assertThat(config.at("/hostname").asText()).isEqualTo("web-1");
        assertThat(config.at("/user").asText()).isEqualTo("anna");
        assertThat(config.at("/ssh_authorized_keys/0").asText()).isEqualTo("ssh-ed25519 AAAA anna");
        assertThat(config.at("/runcmd/0").asText()).isEqualTo("echo 10.1.0.5 ${unknown}");
        assertThat(json(vee(VeeSpec.Context.NONE), "meta-data")).isEqualTo(Wire.read("{\"instance-id\":\"vee-7\",\"local-hostname\":\"web-1\"}", JsonNode.class));
    }

    @Test
    void whoeverGivesUserDataGetsItAsItIs() {
        var context = new VeeSpec.Context(Optional.empty(), Optional.of("anna"), List.of(), Optional.of("#!/bin/sh\necho ${vee.id} ${HOME}\n"), List.of("no"), Map.of(), Optional.empty());
        assertThat(text(vee(context), "user-data")).isEqualTo("#!/bin/sh\necho vee-7 ${HOME}\n");
    }

    @Test
    void leasedAddressesAreStaticAndANicWithoutOneAsksByDhcp() {
        var ethernets = json(vee(VeeSpec.Context.NONE, STATIC, nic(1, List.of(), List.of(), List.of())), "network-config").at("/ethernets");
        assertThat(ethernets.at("/nic0")).isEqualTo(Wire.read("""
                {"match": {"macaddress": "02:00:00:00:00:00"}, "set-name": "eth0", "mtu": 1450, "dhcp4": false, "addresses": ["10.1.0.5/24", "fd00:7::5/64"],
                 "routes": [{"to": "0.0.0.0/0", "via": "10.1.0.1"}, {"to": "::/0", "via": "fd00:7::1"}], "nameservers": {"addresses": ["10.1.0.1"]}}""", JsonNode.class));
        assertThat(ethernets.at("/nic1")).isEqualTo(Wire.read("""
                {"match": {"macaddress": "02:00:00:00:00:01"}, "set-name": "eth1", "mtu": 1450, "dhcp4": true}""", JsonNode.class));
    }

    @ParameterizedTest
    @CsvSource({"web_1, web-1", "'a b\nc', a-b-c", "-x.-, x", "'', vee-7", "'...', vee-7", "db.example.org, db.example.org"})
    void anyNameBecomesAHostName(String given, String name) {
        assertThat(Seed.hostname(vee(named(given)))).isEqualTo(name);
        assertThat(Seed.hostname(vee(named("n".repeat(100))))).hasSize(63);
    }

    @Test
    void theOvfEnvironmentHoldsEveryPropertyWhateverItsText() throws Exception {
        var properties = Map.of("org.demo.KEY.1", AWKWARD + "\n\ttwo\r", "address", "${nic0.cidr}", "odd\u0001", "\ud800x");
        var document = ovf(text(vee(VeeSpec.Context.of(properties)), "ovf-env.xml"));
        assertThat(document.getNamespaceURI()).isEqualTo("http://schemas.dmtf.org/ovf/environment/1");
        assertThat(document.getAttribute("oe:id")).isEqualTo("web_1");
        assertThat(property(document, "org.demo.KEY.1")).isEqualTo(AWKWARD + "\n\ttwo\r");
        assertThat(property(document, "address")).isEqualTo("10.1.0.5/24");
        assertThat(property(document, "odd")).isEqualTo("x");
    }

    @Test
    void aShellReadsEveryValueBackAndRunsNoneOfThem() throws Exception {
        var vee = vee(VeeSpec.Context.of(Map.of("a.b-c", AWKWARD, "two", "one\ntwo", "role", "web")), STATIC);
        Files.writeString(folder.resolve("reservoir.env"), text(vee, "reservoir.env"));
        assertThat(shell("printf '%s|%s|%s|%s|%s|%s' \"$PROP_A_B_C\" \"$PROP_TWO\" \"$VEE_ID\" \"$VEE_SECRET\" \"$ETH0_IP\" \"$HOSTNAME\""))
                .isEqualTo(AWKWARD + "|one two|vee-7|s3cret|10.1.0.5/24,fd00:7::5/64|web-1");
    }

    // ---- words

    private String shell(String script) throws IOException, InterruptedException {
        var process = new ProcessBuilder("sh", "-c", ". ./reservoir.env; " + script).directory(folder.toFile()).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static Element ovf(String text) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
    }

    private static String property(Element document, String key) {
        var all = document.getElementsByTagNameNS("http://schemas.dmtf.org/ovf/environment/1", "Property");
        for (int i = 0; i < all.getLength(); i++) {
            if (((Element) all.item(i)).getAttribute("oe:key").equals(key)) {
                return ((Element) all.item(i)).getAttribute("oe:value");
            }
        }
        throw new AssertionError("no property " + key);
    }

    private static JsonNode userData(VeeSpec.Context context) {
        var text = text(vee(context), "user-data");
        assertThat(text).startsWith("#cloud-config\n");
        return Wire.read(text.substring(text.indexOf('\n')), JsonNode.class);
    }

    private static JsonNode json(VeeRecord vee, String file) {
        return Wire.read(text(vee, file), JsonNode.class);
    }

    private static String text(VeeRecord vee, String file) {
        return new String(Seed.files(vee, "s3cret").get(file), StandardCharsets.UTF_8);
    }

    private static VeeSpec.Context named(String hostname) {
        return new VeeSpec.Context(Optional.of(hostname), Optional.empty(), List.of(), Optional.empty(), List.of(), Map.of(), Optional.empty());
    }

    private static VeeSpec.Context context(Optional<String> user, List<String> keys, List<String> commands, Map<String, String> properties) {
        return new VeeSpec.Context(Optional.empty(), user, keys, Optional.empty(), commands, properties, Optional.empty());
    }

    private static NicPart nic(int number, List<String> addresses, List<String> gateways, List<String> dns) {
        return new NicPart(number, new NetworkId(3), "02:00:00:00:00:0" + number, addresses, gateways, dns, 1450, List.of(), true, Optional.empty());
    }

    private static VeeRecord vee(VeeSpec.Context context) {
        return vee(context, STATIC);
    }

    private static VeeRecord vee(VeeSpec.Context context, NicPart... nics) {
        var spec = VeeSpec.of("web_1", 1, DataSize.mebibytes(128)).withContext(context);
        return new VeeRecord(new VeeId(7), new Ownership(new UserId(1), new GroupId(1), Ownership.PRIVATE), VeeState.BOOTING, 1, Optional.empty(), Optional.empty(), false, false, spec,
                new Parts(List.of(), List.of(nics), List.of()), Optional.empty(), Optional.empty(), Instant.EPOCH, Instant.EPOCH);
    }
}
