package org.reservoir.veeh.libvirt;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Writes XML by nested lambdas, with every text and attribute escaped, and reads what libvirt answers. Characters that XML 1.0
 * cannot hold are left out: a name with a control character must not make a guest undefinable.
 */
final class Xml {
    private final XMLStreamWriter out;

    private Xml(XMLStreamWriter out) {
        this.out = out;
    }

    @FunctionalInterface
    interface Part {
        void write(Xml xml);
    }

    static final Part NOTHING = _ -> {};

    /** @param attributes name, value, name, value, … */
    static String document(String element, Part content, String... attributes) {
        var text = new StringWriter();
        try {
            var xml = new Xml(XMLOutputFactory.newFactory().createXMLStreamWriter(text));
            xml.tag(element, content, attributes);
            xml.out.flush();
        } catch (XMLStreamException broken) {
            throw new IllegalStateException("cannot write <%s>".formatted(element), broken);
        }
        return text.toString();
    }

    Xml tag(String element, Part content, String... attributes) {
        try {
            out.writeStartElement(element);
            for (int i = 0; i < attributes.length; i += 2) {
                out.writeAttribute(attributes[i], writable(attributes[i + 1]));
            }
            content.write(this);
            out.writeEndElement();
            return this;
        } catch (XMLStreamException broken) {
            throw new IllegalStateException("cannot write <%s>".formatted(element), broken);
        }
    }

    Xml tag(String element, String... attributes) {
        return tag(element, NOTHING, attributes);
    }

    /** {@code <element attributes…>text</element>} */
    Xml text(String element, Object text, String... attributes) {
        return tag(element, xml -> xml.characters(String.valueOf(text)), attributes);
    }

    /** {@code <memory unit='KiB'>…</memory>} and the like. */
    Xml kib(String element, long kibibytes) {
        return text(element, kibibytes, "unit", "KiB");
    }

    private void characters(String text) {
        try {
            out.writeCharacters(writable(text));
        } catch (XMLStreamException broken) {
            throw new IllegalStateException("cannot write a text", broken);
        }
    }

    private static String writable(String text) {
        return text.codePoints().filter(Xml::mayStand)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    private static boolean mayStand(int c) {
        return c == '\t' || c == '\n' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000;
    }

    // ---- reading

    /** @throws IllegalStateException when the text is no XML: libvirt never answers so */
    static Element read(String text) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setNamespaceAware(true);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(text))).getDocumentElement();
        } catch (ParserConfigurationException | SAXException | java.io.IOException broken) {
            throw new IllegalStateException("libvirt's answer is no XML: " + text, broken);
        }
    }

    /** Child elements of this name, ignoring prefixes. */
    static List<Element> children(Element parent, String name) {
        var nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item).filter(node -> node.getNodeType() == Node.ELEMENT_NODE)
                .map(Element.class::cast).filter(element -> name.equals("*") || name.equals(element.getLocalName())).toList();
    }

    /** The first element at the end of {@code path}. */
    static Optional<Element> at(Element from, String... path) {
        var here = Optional.of(from);
        for (var name : path) {
            here = here.flatMap(element -> children(element, name).stream().findFirst());
        }
        return here;
    }

    static Optional<String> textAt(Element from, String... path) {
        return at(from, path).map(element -> element.getTextContent().strip());
    }

    static Optional<String> attribute(Element element, String name) {
        return element.hasAttribute(name) ? Optional.of(element.getAttribute(name)) : Optional.empty();
    }
}
