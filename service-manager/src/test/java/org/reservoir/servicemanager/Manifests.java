package org.reservoir.servicemanager;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Manifests that tests submit. */
final class Manifests {
    private Manifests() {}

    static byte[] twoTier() {
        try {
            return Files.readAllBytes(Path.of("../examples/two-tier.ovf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param startup items of the StartupSection @param systems VirtualSystems */
    static byte[] collection(String startup, String systems) {
        return """
                <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
                    xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
                    xmlns:rsrvr="http://schemas.telefonica.com/claudia/ovf">
                  <NetworkSection><Network ovf:name="net"/></NetworkSection>
                  <rsrvr:KPISection><rsrvr:KPI KPIname="load"/></rsrvr:KPISection>
                  <VirtualSystemCollection ovf:id="s"><StartupSection>%s</StartupSection>%s</VirtualSystemCollection></Envelope>"""
                .formatted(startup, systems).getBytes(StandardCharsets.UTF_8);
    }

    static String item(String id, int order) {
        return "<Item ovf:id='%s' ovf:order='%d' ovf:waitingForGuest='true'/>".formatted(id, order);
    }

    static String system(String id, int min, int initial, int max, String inside) {
        return """
                <VirtualSystem ovf:id='%s' rsrvr:min='%d' rsrvr:initial='%d' rsrvr:max='%d'>%s<VirtualHardwareSection>
                <Item><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
                <Item><rasd:ResourceType>4</rasd:ResourceType><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:VirtualQuantity>64</rasd:VirtualQuantity></Item>
                <Item><rasd:ResourceType>10</rasd:ResourceType><rasd:Connection>net</rasd:Connection></Item></VirtualHardwareSection></VirtualSystem>"""
                .formatted(id, min, initial, max, inside);
    }

    static String rule(String quota) {
        return """
                <rsrvr:ElasticArraySection><rsrvr:Rule><rsrvr:KPIName>load</rsrvr:KPIName><rsrvr:Window unit='minute'>1</rsrvr:Window>
                <rsrvr:Frequency>6</rsrvr:Frequency><rsrvr:Quota>%s</rsrvr:Quota></rsrvr:Rule></rsrvr:ElasticArraySection>""".formatted(quota);
    }

    static String property(String key, String value) {
        return "<ProductSection><Property ovf:key='%s' rsrvr:cloudConfigurable='true' ovf:value='%s'/></ProductSection>".formatted(key, value);
    }
}
