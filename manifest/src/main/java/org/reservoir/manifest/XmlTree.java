package org.reservoir.manifest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;

import org.reservoir.kernel.Refused;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads XML from untrusted bytes into {@link Element}s: no DOCTYPE, no entities but the five of XML, bounded depth and number of elements.
 * It resolves namespaces itself, because some exporters forget to bind a prefix, and a descriptor should not be lost for that.
 */
final class XmlTree extends DefaultHandler {
    static final int DEEPEST = 64;
    static final int MOST_ELEMENTS = 400_000;

    private final Findings findings;
    private final Deque<Open> open = new ArrayDeque<>();
    private final Deque<Map<String, String>> scopes = new ArrayDeque<>();
    private Locator locator;
    private Element root;
    private int elements;

    private record Open(String namespace, String name, List<Element.Attribute> attributes, List<Element> children, StringBuilder text, int line) {}

    private XmlTree(Findings findings) {
        this.findings = findings;
        scopes.push(Map.of("xml", XMLConstants.XML_NS_URI));
    }

    /** @throws Refused {@code OVF_NOT_XML}, {@code OVF_DOCTYPE}, {@code OVF_TOO_COMPLEX} */
    static Element read(byte[] document, Findings findings) {
        var tree = new XmlTree(findings);
        try {
            parser().parse(tree.source(document), tree);
            return tree.root;
        } catch (SAXParseException e) {
            throw refusal(e);
        } catch (SAXException | IOException e) {
            throw Refused.invalid("OVF_NOT_XML", "The descriptor cannot be read: %s".formatted(e.getMessage()), "Check how the file is encoded.");
        }
    }

    private static SAXParser parser() throws SAXException {
        try {
            var factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(false);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setXIncludeAware(false);
            return factory.newSAXParser();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser cannot be hardened", e);
        }
    }

    /** Some tools declare UTF-16 and write UTF-8: bytes that begin with a readable {@code <?xml} are no UTF-16. */
    private InputSource source(byte[] document) {
        var source = new InputSource(new ByteArrayInputStream(document));
        var head = new String(document, 0, Math.min(document.length, 200), StandardCharsets.ISO_8859_1);
        if (head.startsWith("<?xml") && head.substring(0, Math.max(5, head.indexOf("?>"))).toLowerCase(java.util.Locale.ROOT).contains("utf-16")) {
            source.setEncoding("UTF-8");
            findings.add(new Finding(Finding.Severity.WARNING, "OVF_ENCODING", "The descriptor says it is UTF-16 but is written in UTF-8.",
                    "Envelope", 1, "Write encoding=\"UTF-8\"."));
        }
        return source;
    }

    private static Refused refusal(SAXParseException e) {
        if (e.getMessage().contains("DOCTYPE")) {
            return Refused.invalid("OVF_DOCTYPE", "The descriptor has a DOCTYPE (line %d); no entities and no external files are read.".formatted(e.getLineNumber()),
                    "Take the DOCTYPE out; OVF needs none.");
        }
        if (e.getMessage().startsWith("JAXP")) {
            return Refused.invalid("OVF_TOO_COMPLEX", "The descriptor breaks a limit of the XML reader at line %d: %s".formatted(e.getLineNumber(), e.getMessage()), "");
        }
        return Refused.invalid("OVF_NOT_XML", "The descriptor is not well-formed XML at line %d, column %d: %s"
                .formatted(e.getLineNumber(), e.getColumnNumber(), e.getMessage()), "Hand in the OVF descriptor itself; an XML editor shows what is missing there.");
    }

    @Override
    public void setDocumentLocator(Locator given) {
        locator = given;
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) {
        if (open.size() >= DEEPEST || ++elements > MOST_ELEMENTS) {
            throw Refused.invalid("OVF_TOO_COMPLEX", "The descriptor is nested deeper than %d levels or has more than %d elements (line %d)."
                    .formatted(DEEPEST, MOST_ELEMENTS, locator.getLineNumber()), "");
        }
        scopes.push(scope(attributes));
        var kept = new ArrayList<Element.Attribute>();
        for (int i = 0; i < attributes.getLength(); i++) {
            var name = attributes.getQName(i);
            if (!name.equals("xmlns") && !name.startsWith("xmlns:")) {
                kept.add(new Element.Attribute(name.indexOf(':') < 0 ? "" : namespace(name), local(name), attributes.getValue(i)));
            }
        }
        open.push(new Open(namespace(qName), local(qName), kept, new ArrayList<>(), new StringBuilder(), locator.getLineNumber()));
    }

    private Map<String, String> scope(Attributes attributes) {
        Map<String, String> inner = null;
        for (int i = 0; i < attributes.getLength(); i++) {
            var name = attributes.getQName(i);
            if (name.equals("xmlns") || name.startsWith("xmlns:")) {
                inner = inner == null ? new HashMap<>(scopes.peek()) : inner;
                inner.put(name.equals("xmlns") ? "" : name.substring(6), attributes.getValue(i));
            }
        }
        return inner == null ? scopes.peek() : inner;
    }

    private String namespace(String qName) {
        var colon = qName.indexOf(':');
        var prefix = colon < 0 ? "" : qName.substring(0, colon);
        var bound = scopes.peek().get(prefix);
        if (bound == null && !prefix.isEmpty()) {
            findings.add(new Finding(Finding.Severity.WARNING, "OVF_UNBOUND_PREFIX", "The prefix '%s' of '%s' is bound to no namespace.".formatted(prefix, qName),
                    qName, locator.getLineNumber(), "Declare xmlns:%s on the Envelope.".formatted(prefix)));
        }
        return bound == null ? "" : bound;
    }

    private static String local(String qName) {
        return qName.substring(qName.indexOf(':') + 1);
    }

    @Override
    public void characters(char[] text, int start, int length) {
        if (!open.isEmpty()) {
            open.peek().text().append(text, start, length);
        }
    }

    @Override
    public void endElement(String uri, String localName, String qName) {
        var closed = open.pop();
        scopes.pop();
        var element = new Element(closed.namespace(), closed.name(), closed.attributes(), closed.children(), closed.text().toString().strip(), closed.line());
        if (open.isEmpty()) {
            root = element;
        } else {
            open.peek().children().add(element);
        }
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
        throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
        throw e;
    }
}
