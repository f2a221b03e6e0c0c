package org.reservoir.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

class OvfTest {
    static Reading read(String document) {
        return Ovf.read(document.getBytes(StandardCharsets.UTF_8));
    }

    /** An envelope with {@code inside} in it; prefixes ovf, rasd and rsrvr are bound. */
    static String envelope(String inside) {
        return """
                <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
                    xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
                    xmlns:rsrvr="http://schemas.telefonica.com/claudia/ovf">%s</Envelope>""".formatted(inside);
    }

    private static List<String> codes(Reading reading) {
        return reading.findings().stream().map(Finding::code).toList();
    }

    @Test
    void theTwoTierExampleSaysWhatTheDemoNeedsAndNothingIsWrongWithIt() throws IOException {
        var reading = Ovf.read(Files.readAllBytes(Path.of("../examples/two-tier.ovf")));
        assertThat(reading.findings()).isEmpty();
        var manifest = reading.manifest();
        assertThat(manifest.name()).isEqualTo("two-tier");
        assertThat(manifest.orders()).containsExactly(1, 2);
        var web = manifest.component("web").orElseThrow();
        assertThat(web.bounds()).isEqualTo(new Component.Bounds(1, 1, 3, true));
        assertThat(web.memory()).contains(DataSize.mebibytes(96));
        assertThat(web.startup().waitingForGuest()).isTrue();
        assertThat(web.precedents()).containsExactly("db");
        assertThat(web.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.kpi()).isEqualTo("load");
            assertThat(rule.window()).isEqualTo(Duration.ofSeconds(10));
            assertThat(rule.quota()).isEqualByComparingTo("50");
        });
        assertThat(manifest.disk("system").flatMap(d -> manifest.file(d.file().orElseThrow())).orElseThrow().href()).isEqualTo("reservoir-guest.qcow2");
    }

    @Test
    void aDoctypeIsRefusedSoThatNoFileIsReadForAnybody() {
        assertThatThrownBy(() -> read("<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><Envelope>&f;</Envelope>"))
                .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_DOCTYPE"));
    }

    @Test
    void aBillionLaughsAreRefused() {
        var bomb = new StringBuilder("<!DOCTYPE l [<!ENTITY l0 'ha'>");
        for (int i = 1; i < 30; i++) {
            bomb.append("<!ENTITY l%d '&l%d;&l%d;'>".formatted(i, i - 1, i - 1));
        }
        assertThatThrownBy(() -> read(bomb + "]><Envelope>&l29;</Envelope>")).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_DOCTYPE"));
    }

    @Test
    void entitiesThatNobodyDeclaredAreRefused() {
        assertThatThrownBy(() -> read("<Envelope>&x;</Envelope>")).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_NOT_XML"));
    }

    @Test
    void whatIsNestedTooDeepIsRefused() {
        assertThatThrownBy(() -> read("<a>".repeat(500) + "</a>".repeat(500))).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_TOO_COMPLEX"));
    }

    @Test
    void anEndlessDescriptorIsRefusedAfterItsLimit() {
        var endless = new InputStream() {
            private int position;

            @Override
            public int read() {
                return position < 10 ? "<Envelope>".charAt(position++) : 'x';
            }
        };
        assertThatThrownBy(() -> Ovf.read(endless)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_TOO_LARGE"));
    }

    @Test
    void garbageAndNothingAreRefused() {
        for (var garbage : List.of("", "hello", "<Envelope>", "{}", "\0\0\0")) {
            assertThatThrownBy(() -> read(garbage)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_NOT_XML"));
        }
        assertThatThrownBy(() -> read("<html/>")).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_NOT_AN_ENVELOPE"));
    }

    @Test
    void sectionsNobodyKnowsAreKeptAndNoted() {
        var reading = read(envelope("<x:Strange xmlns:x='urn:x' a='1'><x:Inner>text</x:Inner></x:Strange><VirtualSystem ovf:id='a'><Odd ovf:required='false'/></VirtualSystem>"));
        assertThat(reading.manifest().kept()).singleElement().satisfies(kept -> {
            assertThat(kept.section().attribute("a")).contains("1");
            assertThat(kept.section().childText("Inner")).contains("text");
        });
        assertThat(reading.manifest().components().getFirst().kept()).hasSize(1);
        assertThat(codes(reading)).contains("OVF_UNKNOWN_REQUIRED_SECTION", "OVF_UNKNOWN_SECTION");
    }

    @Test
    void aStartupItemOfASystemThatIsNotThereIsFound() {
        var system = "<VirtualSystem ovf:id='db'><VirtualHardwareSection/></VirtualSystem>";
        var reading = read(envelope("<VirtualSystemCollection ovf:id='all'><StartupSection>\n<Item ovf:id='bd' ovf:order='1'/></StartupSection>" + system + "</VirtualSystemCollection>"));
        assertThat(reading.findings()).filteredOn(f -> f.code().equals("OVF_UNKNOWN_STARTUP")).singleElement().satisfies(f -> {
            assertThat(f.message()).isEqualTo("There is no system 'bd' here to be started.");
            assertThat(f.path()).isEqualTo("Envelope/VirtualSystemCollection[all]/StartupSection");
        });
    }

    @Test
    void findingsSayTheLineTheyAreAbout() {
        var reading = read(envelope("\n\n<VirtualSystem ovf:id='a'><VirtualHardwareSection>\n\n<Item><rasd:ResourceType>17</rasd:ResourceType>"
                + "<rasd:HostResource>ovf:/disk/gone</rasd:HostResource></Item></VirtualHardwareSection></VirtualSystem>"));
        assertThat(reading.findings()).filteredOn(f -> f.code().equals("OVF_UNKNOWN_DISK")).singleElement().satisfies(f -> {
            assertThat(f.line()).isEqualTo(7);
            assertThat(f.path()).isEqualTo("Envelope/VirtualSystem[a]/VirtualHardwareSection");
        });
    }

    @Test
    void anEntryPointThatStartsTooLateIsAnError() {
        var reading = read(envelope("""
                <NetworkSection><Network ovf:name='n'/></NetworkSection>
                <VirtualSystemCollection ovf:id='s'><StartupSection><Item ovf:id='a' ovf:order='1'/><Item ovf:id='b' ovf:order='1'/></StartupSection>
                <VirtualSystem ovf:id='a'><ProductSection><Property ovf:key='K' rsrvr:cloudConfigurable='true' ovf:value='@PrecedentTierEntryPoint(n,b)'/>
                <Property ovf:key='L' rsrvr:cloudConfigurable='true' ovf:value='@PrecedentTierEntryPoint(n,c) @IP(m)'/></ProductSection></VirtualSystem>
                <VirtualSystem ovf:id='b'><VirtualHardwareSection><Item><rasd:ResourceType>10</rasd:ResourceType><rasd:Connection>n</rasd:Connection></Item>
                </VirtualHardwareSection></VirtualSystem></VirtualSystemCollection>"""));
        assertThat(codes(reading)).contains("PRECEDENT_NOT_BEFORE", "PRECEDENT_UNKNOWN", "MACRO_NETWORK");
    }

    @Test
    void boundsAndRulesAreJudged() {
        var reading = read(envelope("""
                <VirtualSystem ovf:id='a' rsrvr:min='3' rsrvr:initial='1' rsrvr:max='2'><rsrvr:ElasticArraySection>
                <rsrvr:Rule><rsrvr:KPIName>k</rsrvr:KPIName><rsrvr:Window>5</rsrvr:Window><rsrvr:Frequency>0</rsrvr:Frequency><rsrvr:Quota>0</rsrvr:Quota>
                <rsrvr:Tolerance>100</rsrvr:Tolerance></rsrvr:Rule><rsrvr:Rule><rsrvr:KPIName>k</rsrvr:KPIName></rsrvr:Rule></rsrvr:ElasticArraySection></VirtualSystem>"""));
        assertThat(codes(reading)).contains("BOUNDS_OUT_OF_ORDER", "KPI_NOT_DECLARED", "RULE_QUOTA", "RULE_TOLERANCE", "RULE_FREQUENCY", "OVF_BAD_RULE");
    }

    @Test
    void boundsThatAreNotSaidFollowFromThoseThatAre() {
        assertThat(bounds("")).isEqualTo(new Component.Bounds(1, 1, 1, false));
        assertThat(bounds("rsrvr:max='4'")).isEqualTo(new Component.Bounds(1, 1, 4, true));
        assertThat(bounds("rsrvr:min='2'")).isEqualTo(new Component.Bounds(2, 2, 2, true));
        assertThat(bounds("rsrvr:initial='0' rsrvr:max='3'")).isEqualTo(new Component.Bounds(0, 0, 3, true));
        assertThat(bounds("rsrvr:initial='3'")).isEqualTo(new Component.Bounds(1, 3, 3, true));
    }

    private static Component.Bounds bounds(String attributes) {
        return read(envelope("<VirtualSystem ovf:id='a' %s/>".formatted(attributes))).manifest().components().getFirst().bounds();
    }

    @Test
    void theScaleOutOfOvf2MeansTheSame() {
        var manifest = read(envelope("""
                <VirtualSystemCollection ovf:id='s'><o:ScaleOutSection xmlns:o='http://schemas.dmtf.org/ovf/envelope/2' o:id='a'>
                <o:InstanceCount o:minimum='1' o:default='2' o:maximum='4'/></o:ScaleOutSection><VirtualSystem ovf:id='a'/></VirtualSystemCollection>""")).manifest();
        assertThat(manifest.components().getFirst().bounds()).isEqualTo(new Component.Bounds(1, 2, 4, true));
    }

    @Test
    void aCollectionStartsAsAWhole() {
        var manifest = read(envelope("""
                <VirtualSystemCollection ovf:id='s'><StartupSection><Item ovf:id='late' ovf:order='7'/><Item ovf:id='early' ovf:order='3'/></StartupSection>
                <VirtualSystemCollection ovf:id='late'><StartupSection><Item ovf:id='b' ovf:order='2'/></StartupSection>
                <VirtualSystem ovf:id='b'/><VirtualSystem ovf:id='a'/></VirtualSystemCollection><VirtualSystem ovf:id='early'/></VirtualSystemCollection>""")).manifest();
        assertThat(manifest.components()).extracting(c -> c.id() + c.startup().order()).containsExactly("b2", "a1", "early0");
    }

    @Test
    void severalAffinitiesAreRead() {
        var reading = read(envelope("""
                <rsrvr:AffinitySection><rsrvr:Affinity scope='physical'><rsrvr:VirtualSystemId>a</rsrvr:VirtualSystemId><rsrvr:VirtualSystemId>b</rsrvr:VirtualSystemId></rsrvr:Affinity>
                <rsrvr:Affinity scope='domain'><rsrvr:VirtualSystemId>a</rsrvr:VirtualSystemId></rsrvr:Affinity>
                <rsrvr:AntiAffinity scope='physical'><rsrvr:VirtualSystemId>a</rsrvr:VirtualSystemId><rsrvr:VirtualSystemId>b</rsrvr:VirtualSystemId></rsrvr:AntiAffinity>
                </rsrvr:AffinitySection><VirtualSystem ovf:id='a'/><VirtualSystem ovf:id='b'/>"""));
        assertThat(reading.manifest().affinities()).hasSize(3);
        assertThat(codes(reading)).contains("AFFINITY_CONTRADICTION").doesNotContain("AFFINITY_UNKNOWN");
    }

    @Test
    void licencesAreReadAndThoseWithoutANameOrForNobodyAreErrors() {
        var reading = read(envelope("""
                <rsrvr:LicenceSection><rsrvr:Licence name='oracle'><rsrvr:VirtualSystemId>a</rsrvr:VirtualSystemId><rsrvr:VirtualSystemId>b</rsrvr:VirtualSystemId></rsrvr:Licence>
                <rsrvr:Licence name='datacenter'><rsrvr:VirtualSystemId>a</rsrvr:VirtualSystemId></rsrvr:Licence></rsrvr:LicenceSection>
                <VirtualSystem ovf:id='a'/><VirtualSystem ovf:id='b'/>"""));
        var manifest = reading.manifest();
        assertThat(manifest.components()).extracting(manifest::licences).containsExactly(List.of("oracle", "datacenter"), List.of("oracle"));
        assertThat(codes(reading)).doesNotContain("LICENCE_WITHOUT_NAME", "LICENCE_UNKNOWN_SYSTEM", "OVF_UNKNOWN_SECTION");
        assertThat(codes(read(envelope("""
                <rsrvr:LicenceSection><rsrvr:Licence><rsrvr:VirtualSystemId>c</rsrvr:VirtualSystemId></rsrvr:Licence></rsrvr:LicenceSection><VirtualSystem ovf:id='a'/>"""))))
                .contains("LICENCE_WITHOUT_NAME", "LICENCE_UNKNOWN_SYSTEM");
    }

    @Test
    void aPackageIsReadUpToItsDescriptorOnly() throws IOException {
        var descriptor = envelope("<VirtualSystem ovf:id='a'/>").getBytes(StandardCharsets.UTF_8);
        var afterIt = new InputStream() {
            @Override
            public int read() {
                return 7; // an image without an end
            }
        };
        var tar = new SequenceInputStream(new ByteArrayInputStream(member("service.ovf", descriptor)), afterIt);
        assertThat(Ovf.read(tar).manifest().components()).hasSize(1);
    }

    @Test
    void packagesWithoutOrWithABrokenDescriptorAreRefused() throws IOException {
        var none = member("readme.txt", new byte[10]);
        assertThatThrownBy(() -> Ovf.read(none)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVA_NO_DESCRIPTOR"));
        var half = Arrays.copyOf(member("a.ovf", new byte[2000]), 1000);
        assertThatThrownBy(() -> Ovf.read(half)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVA_TRUNCATED"));
        var huge = member("a.ovf", new byte[0]);
        System.arraycopy("77777777777\0".getBytes(StandardCharsets.US_ASCII), 0, huge, 124, 12);
        assertThatThrownBy(() -> Ovf.read(huge)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo("OVF_TOO_LARGE"));
    }

    private static byte[] member(String name, byte[] content) throws IOException {
        var header = new byte[512];
        var bytes = new ByteArrayOutputStream();
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, header, 0, name.length());
        System.arraycopy("%011o".formatted(content.length).getBytes(StandardCharsets.US_ASCII), 0, header, 124, 11);
        header[156] = '0';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 5);
        bytes.write(header);
        bytes.write(content);
        bytes.write(new byte[(512 - content.length % 512) % 512]);
        return bytes.toByteArray();
    }

    @Test
    void unitsAreReadAsToolsWriteThem() {
        assertThat(Units.size("1", "byte * 2^30")).contains(DataSize.gibibytes(1));
        assertThat(Units.size("1", "byte * 2 ^ 30")).contains(DataSize.gibibytes(1));
        assertThat(Units.size("512", "MegaBytes")).contains(DataSize.mebibytes(512));
        assertThat(Units.size("2", "byte*1024*1024")).contains(DataSize.mebibytes(2));
        assertThat(Units.size("1536MB", "byte")).contains(DataSize.mebibytes(1536));
        assertThat(Units.size("7", "hertz * 10^6")).isEmpty();
        assertThat(Units.size("-7", "byte")).isEmpty();
        assertThat(Units.size("999999999999999999", "byte * 2^30")).isEmpty();
        assertThat(Units.time("5", "minutes")).contains(Duration.ofMinutes(5));
        assertThat(Units.time("0", "minute")).isEmpty();
    }
}
