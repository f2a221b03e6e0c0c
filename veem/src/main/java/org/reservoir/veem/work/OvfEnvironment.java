package org.reservoir.veem.work;

import java.util.Map;
import java.util.TreeMap;

/** Writes the OVF environment document of a guest (DSP0243 §9, schema DSP8027): who it is and its properties. Pure. */
final class OvfEnvironment {
    private OvfEnvironment() {}

    static String of(String id, Map<String, String> properties) {
        var lines = new StringBuilder();
        new TreeMap<>(properties).forEach((key, value) ->
                lines.append("    <Property oe:key=\"%s\" oe:value=\"%s\"/>\n".formatted(escaped(key), escaped(value))));
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="%s">
                  <PlatformSection>
                    <Kind>Reservoir</Kind>
                    <Version>0.1</Version>
                    <Vendor>Reservoir</Vendor>
                    <Locale>en</Locale>
                  </PlatformSection>
                  <PropertySection>
                %s  </PropertySection>
                </Environment>
                """.formatted(escaped(id), lines);
    }

    /** For an attribute: line breaks and tabs as references, or a parser would make spaces of them; what XML 1.0 cannot hold is left out. */
    private static String escaped(String text) {
        var escaped = new StringBuilder();
        text.codePoints().filter(OvfEnvironment::isXml).forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\n', '\r', '\t' -> escaped.append("&#").append(c).append(';');
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }

    /** Char of XML 1.0 §2.2. */
    private static boolean isXml(int c) {
        return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000;
    }
}
