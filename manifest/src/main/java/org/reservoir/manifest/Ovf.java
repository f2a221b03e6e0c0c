package org.reservoir.manifest;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.reservoir.kernel.Refused;

/**
 * Reads OVF: a plain descriptor, or a package ({@code .ova}, a tar whose descriptor comes first). Of a package only the descriptor is
 * read, as a stream and within bounds, whatever follows it. Signatures and digests of the package are not looked at here.
 */
public final class Ovf {
    /** The largest descriptor taken; the largest seen in the wild has 4 MB. */
    public static final int LARGEST_DESCRIPTOR = 8 << 20;

    private Ovf() {}

    /** @throws Refused {@code OVF_…} when it is no OVF at all; what is only wrong in it stands in the reading's findings */
    public static Reading read(byte[] document) {
        try {
            return read(new ByteArrayInputStream(document));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /** The same from a stream, of which no more is read than the descriptor needs. @throws IOException of the stream itself */
    public static Reading read(InputStream stream) throws IOException {
        var buffered = new BufferedInputStream(stream, 1 << 16);
        return readDescriptor(Tar.isTar(buffered) ? Tar.descriptor(buffered, LARGEST_DESCRIPTOR) : bounded(buffered));
    }

    private static byte[] bounded(InputStream stream) throws IOException {
        var document = stream.readNBytes(LARGEST_DESCRIPTOR + 1);
        if (document.length > LARGEST_DESCRIPTOR) {
            throw tooLarge(document.length);
        }
        return document;
    }

    static Refused tooLarge(long length) {
        return new Refused(Refused.Kind.TOO_LARGE, "OVF_TOO_LARGE", "The descriptor has %d bytes or more; %d are taken.".formatted(length, LARGEST_DESCRIPTOR),
                "Hand in the descriptor alone, without images inside.");
    }

    private static Reading readDescriptor(byte[] document) {
        var findings = new Findings();
        var root = XmlTree.read(document, findings);
        var envelope = root.all().filter(e -> e.kind().equals("Envelope")).findFirst().orElseThrow(() -> notAnEnvelope(root));
        var manifest = new EnvelopeReader(findings).read(envelope);
        return new Reading(manifest, findings.all());
    }

    private static Refused notAnEnvelope(Element root) {
        return Refused.invalid("OVF_NOT_AN_ENVELOPE", "The document is a '%s' (line %d), not an OVF Envelope.".formatted(root.name(), root.line()),
                "Hand in an OVF descriptor (DSP0243) or a package that holds one.");
    }
}
