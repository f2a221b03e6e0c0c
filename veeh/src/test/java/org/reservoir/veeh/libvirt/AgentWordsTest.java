package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.GuestInside.FileSystem;
import org.reservoir.kernel.DataSize;

class AgentWordsTest {
    @Test
    void fileSystemsAndAddressesAreReadAsTheAgentTellsThem() {
        assertThat(AgentWords.fileSystems("""
                {"return":[{"name":"vda1","total-bytes":1000,"used-bytes":250,"mountpoint":"/","disk":[{"bus-type":"virtio"}],"type":"ext4"},
                {"name":"sr0","mountpoint":"/media/cdrom","disk":[],"type":"iso9660"}]}""")).containsExactly(new FileSystem("/", new DataSize(1000), new DataSize(250)));
        assertThat(AgentWords.addresses("""
                {"return":[{"name":"lo","ip-addresses":[{"ip-address-type":"ipv4","ip-address":"127.0.0.1","prefix":8},{"ip-address-type":"ipv6","ip-address":"::1","prefix":128}]},
                {"name":"eth0","ip-addresses":[{"ip-address-type":"ipv4","ip-address":"10.0.0.5","prefix":24},{"ip-address-type":"ipv6","ip-address":"fe80::5054:ff","prefix":64},
                {"ip-address-type":"ipv6","ip-address":"2001:db8::5","prefix":64}]},{"name":"eth1"}]}""")).containsExactly("10.0.0.5", "2001:db8::5");
    }

    @Test
    void nonsenseIsPassedOver() {
        for (var nonsense : new String[] {"", "{", "[]", "{\"return\":7}", "{\"return\":[7,null,\"x\"]}", "{\"error\":{\"class\":\"CommandNotFound\"}}",
                "{\"return\":[{\"mountpoint\":\"/\",\"total-bytes\":5,\"used-bytes\":9}]}", "{\"return\":[{\"ip-addresses\":[{\"ip-address\":\"<script>\"}]}]}"}) {
            assertThat(AgentWords.fileSystems(nonsense)).isEmpty();
            assertThat(AgentWords.addresses(nonsense)).isEmpty();
        }
    }
}
