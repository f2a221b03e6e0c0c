package org.reservoir.veem.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.kernel.Refused;

/**
 * Makes a report of what a QEMU guest agent answers ({@code guest-network-get-interfaces} and others of QEMU's {@code qga/qapi-schema.json}).
 * The guest is a stranger: what has not the right form is left out, what is too much is cut off. Pure but for the asking.
 */
public final class AgentAnswers {
    private static final int MOST = 32;
    private static final int LONGEST = 128;

    private AgentAnswers() {}

    /** @param ask from a command's JSON to the answer's, empty when none comes */
    public static GuestReport report(Function<String, Optional<String>> ask) {
        if (answer(ask, "guest-ping").isEmpty()) {
            return GuestReport.SILENT;
        }
        var name = answer(ask, "guest-get-host-name").flatMap(answer -> text(answer, "host-name"));
        var system = answer(ask, "guest-get-osinfo").flatMap(answer -> text(answer, "pretty-name").or(() -> text(answer, "name")));
        return new GuestReport(true, name, system, answer(ask, "guest-network-get-interfaces").map(AgentAnswers::nics).orElse(List.of()));
    }

    private static Optional<JsonNode> answer(Function<String, Optional<String>> ask, String command) {
        return ask.apply("{\"execute\":\"" + command + "\"}").map(AgentAnswers::parsed).map(answer -> answer.path("return")).filter(JsonNode::isContainerNode);
    }

    private static JsonNode parsed(String json) {
        try {
            return Wire.read(json, JsonNode.class);
        } catch (Refused nonsense) {
            return MissingNode.getInstance();
        }
    }

    private static List<GuestReport.Interface> nics(JsonNode answer) {
        var nics = new ArrayList<GuestReport.Interface>();
        first(answer).forEach(nic -> text(nic, "name").ifPresent(name -> nics.add(new GuestReport.Interface(name,
                text(nic, "hardware-address").filter(mac -> mac.matches("[0-9a-fA-F:]{17}")), addresses(nic.path("ip-addresses"))))));
        return nics;
    }

    private static List<String> addresses(JsonNode answer) {
        var addresses = new ArrayList<String>();
        first(answer).forEach(one -> text(one, "ip-address").filter(address -> address.matches("[0-9a-fA-F:.]{2,45}")).ifPresent(address ->
                addresses.add(one.path("prefix").isInt() ? address + "/" + Math.clamp(one.path("prefix").asInt(), 0, 128) : address)));
        return addresses;
    }

    private static List<JsonNode> first(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).limit(MOST).toList();
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.of(node.path(field)).filter(JsonNode::isTextual).map(value -> value.textValue().replaceAll("\\p{Cntrl}", "").strip())
                .filter(value -> !value.isEmpty()).map(value -> value.substring(0, Math.min(LONGEST, value.length())));
    }
}
