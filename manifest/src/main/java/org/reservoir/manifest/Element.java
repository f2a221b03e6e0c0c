package org.reservoir.manifest;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An XML element as it stood in the descriptor: what sections that Reservoir does not know are kept as.
 * Comments and the order of text among children are not kept.
 *
 * @param namespace empty for none, or when the prefix is not bound
 * @param name      without prefix
 * @param text      its own text, stripped
 * @param line      of its start tag, from 1
 */
public record Element(String namespace, String name, List<Attribute> attributes, List<Element> children, String text, int line) {
    public Element {
        attributes = List.copyOf(attributes);
        children = List.copyOf(children);
    }

    /** @param namespace empty for an attribute without prefix */
    public record Attribute(String namespace, String name, String value) {}

    /** The attribute of that name in whatever namespace: real descriptors qualify them or not, as their tool pleased. */
    public Optional<String> attribute(String name) {
        return attributes.stream().filter(a -> a.name().equals(name)).map(Attribute::value).findFirst();
    }

    /** The attribute in this namespace, or without any. */
    Optional<String> attribute(String namespace, String name) {
        return attributes.stream().filter(a -> a.name().equals(name) && (a.namespace().isEmpty() || a.namespace().equals(namespace)))
                .map(Attribute::value).findFirst();
    }

    /** The children of that name in whatever namespace. */
    public Stream<Element> children(String name) {
        return children.stream().filter(child -> child.name().equals(name));
    }

    public Optional<Element> child(String name) {
        return children(name).findFirst();
    }

    /** The text of the child of that name; empty also when there is no text in it. */
    public Optional<String> childText(String name) {
        return child(name).map(Element::text).filter(text -> !text.isEmpty());
    }

    /** Its name, or with OVF 0.9, which wrote {@code <Section xsi:type="ovf:DiskSection_Type">}, what it is in fact. */
    String kind() {
        var typed = name.equals("Section") || name.equals("Content") ? attribute("type") : Optional.<String>empty();
        return typed.map(type -> type.substring(type.indexOf(':') + 1).replaceAll("_Type$", "")).orElse(name);
    }

    /** The children of that {@link #kind()}. */
    Stream<Element> ofKind(String kind) {
        return children.stream().filter(child -> child.kind().equals(kind));
    }

    /** Itself and all below it, in document order. */
    public Stream<Element> all() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(Element::all));
    }
}
