package org.reservoir.placement.lease;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.reservoir.kernel.Refused;

/** An XML document as elements that know their line. No document types, no entities from elsewhere, bounded in depth and number. */
record Tree(String name, Map<String, String> attributes, List<Tree> children, int line) {
    private static final int DEEPEST = 32;
    private static final int MOST = 5_000_000;

    /** @throws Refused {@code BAD_XML} with the line */
    static Tree read(InputStream in) {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        try {
            var reader = factory.createXMLStreamReader(in);
            try {
                return read(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException problem) {
            int line = problem.getLocation() == null ? 0 : problem.getLocation().getLineNumber();
            throw Refused.invalid("BAD_XML", "Line %d: %s".formatted(line, problem.getMessage().lines().reduce((_, last) -> last).orElse("not XML")), "");
        }
    }

    private static Tree read(XMLStreamReader reader) throws XMLStreamException {
        var open = new ArrayDeque<Tree>();
        Tree root = null;
        int count = 0;
        while (reader.hasNext()) {
            int event = reader.next();
            int line = reader.getLocation().getLineNumber();
            if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
                throw Refused.invalid("BAD_XML", "Line %d: document types and entities are not read.".formatted(line), "");
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                var element = new Tree(reader.getLocalName(), attributes(reader), new ArrayList<>(), line);
                if (open.size() >= DEEPEST || ++count > MOST) {
                    throw Refused.invalid("BAD_XML", "Line %d: more than %d elements, or deeper than %d.".formatted(line, MOST, DEEPEST), "");
                }
                if (open.isEmpty()) {
                    root = element;
                } else {
                    open.peek().children.add(element);
                }
                open.push(element);
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                open.pop();
            }
        }
        if (root == null) {
            throw Refused.invalid("BAD_XML", "There is no element.", "");
        }
        return root;
    }

    private static Map<String, String> attributes(XMLStreamReader reader) {
        var attributes = new HashMap<String, String>();
        for (int a = 0; a < reader.getAttributeCount(); a++) {
            attributes.put(reader.getAttributeLocalName(a), reader.getAttributeValue(a));
        }
        return attributes;
    }

    List<Tree> all(String child) {
        return children.stream().filter(each -> each.name.equals(child)).toList();
    }

    Optional<Tree> some(String child) {
        return children.stream().filter(each -> each.name.equals(child)).findFirst();
    }

    Tree one(String child) {
        return some(child).orElseThrow(() -> bad("<%s> has no <%s>".formatted(name, child)));
    }

    Optional<String> attribute(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    String text(String attribute) {
        return attribute(attribute).orElseThrow(() -> bad("<%s> has no attribute %s".formatted(name, attribute)));
    }

    long number(String attribute) {
        var text = text(attribute);
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException _) {
            throw bad("%s=\"%s\" is not a whole number".formatted(attribute, text));
        }
    }

    /** Seconds; see {@link Times}. */
    long seconds(String attribute) {
        return Times.parse(text(attribute)).orElseThrow(() -> bad("%s=\"%s\" is not a time".formatted(attribute, text(attribute))));
    }

    Refused bad(String what) {
        return Refused.invalid("BAD_LWF", "Line %d: %s.".formatted(line, what), "");
    }
}
