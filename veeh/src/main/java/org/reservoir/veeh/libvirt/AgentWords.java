package org.reservoir.veeh.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.reservoir.interfaces.vhi.GuestInside;
import org.reservoir.kernel.DataSize;

/** Reads answers of guest agents (QEMU's {@code qga/qapi-schema.json}). Guests may say anything: what makes no sense is passed over, and only so much is taken. Pure. */
final class AgentWords {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 64;
    private static final int LONGEST = 200;

    private AgentWords() {}

    static List<GuestInside.FileSystem> fileSystems(String answer) {
        return returned(answer).flatMap(each -> fileSystem(each).stream()).distinct().limit(MOST).toList();
    }

    private static Optional<GuestInside.FileSystem> fileSystem(JsonNode told) {
        var folder = told.path("mountpoint").asText();
        long size = told.path("total-bytes").asLong(0);
        long used = told.path("used-bytes").asLong(0);
        return size <= 0 || used < 0 || used > size || folder.isEmpty() || folder.length() > LONGEST ? Optional.empty()
                : Optional.of(new GuestInside.FileSystem(folder, new DataSize(size), new DataSize(used)));
    }

    static List<String> addresses(String answer) {
        var addresses = new ArrayList<String>();
        returned(answer).forEach(nic -> nic.path("ip-addresses").forEach(each -> addresses.add(each.path("ip-address").asText())));
        return addresses.stream().filter(AgentWords::isOfUse).distinct().limit(MOST).toList();
    }

    private static boolean isOfUse(String address) {
        return address.matches("[0-9a-fA-F.:]{3,45}") && !address.startsWith("127.") && !address.equals("::1") && !address.toLowerCase(java.util.Locale.ROOT).startsWith("fe80:");
    }

    private static java.util.stream.Stream<JsonNode> returned(String answer) {
        try {
            return StreamSupport.stream(JSON.readTree(answer).path("return").spliterator(), false);
        } catch (JsonProcessingException nonsense) {
            return java.util.stream.Stream.of();
        }
    }
}
