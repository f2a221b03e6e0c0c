package org.reservoir.plugins;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

import org.reservoir.kernel.Refused;

/**
 * What is in a jar, read whole into memory and known to be signed. The file is not held open: it can be replaced at any time.
 *
 * @param classes by internal name
 * @param services implementations by the name of the interface
 * @param signer fingerprint of the certificate that signed every entry
 */
record PluginJar(Map<String, byte[]> classes, Map<String, List<String>> services, String signer) {
    private static final long LARGEST = 16 << 20;
    private static final int MOST_ENTRIES = 5_000;
    private static final String SERVICES = "META-INF/services/";
    private static final String CLASS = ".class";

    /** @throws Refused {@code PLUGIN_UNSIGNED}, {@code PLUGIN_TOO_LARGE}, {@code PLUGIN_UNREADABLE} */
    static PluginJar read(Path file, Trust trust) {
        try {
            if (Files.size(file) > LARGEST) {
                throw tooLarge("has %d bytes".formatted(Files.size(file)));
            }
            return contents(file, trust);
        } catch (IOException | SecurityException broken) {
            throw Refused.invalid("PLUGIN_UNREADABLE", "%s cannot be read as a signed jar: %s.".formatted(file.getFileName(), broken.getMessage()), "Build and sign it again.");
        }
    }

    private static PluginJar contents(Path file, Trust trust) throws IOException {
        var classes = new HashMap<String, byte[]>();
        var services = new HashMap<String, List<String>>();
        var signer = "";
        long room = 4 * LARGEST;
        try (var jar = new JarFile(file.toFile(), true)) {
            if (jar.size() > MOST_ENTRIES) {
                throw tooLarge("has %d entries".formatted(jar.size()));
            }
            for (var entries = jar.entries(); entries.hasMoreElements(); ) {
                var entry = entries.nextElement();
                if (entry.isDirectory()) {
                    continue;
                }
                var bytes = content(jar, entry, room);
                room -= bytes.length;
                if (isSignature(entry.getName())) {
                    continue;
                }
                signer = signer(entry, trust);
                if (entry.getName().endsWith(CLASS)) {
                    classes.put(entry.getName().substring(0, entry.getName().length() - CLASS.length()), bytes);
                } else if (entry.getName().startsWith(SERVICES)) {
                    services.put(entry.getName().substring(SERVICES.length()), lines(bytes));
                }
            }
        }
        return new PluginJar(Map.copyOf(classes), Map.copyOf(services), signer);
    }

    /** Signatures are known once an entry was read to its end. */
    private static byte[] content(JarFile jar, JarEntry entry, long room) throws IOException {
        try (var in = jar.getInputStream(entry)) {
            var bytes = in.readNBytes((int) Math.min(room + 1, Integer.MAX_VALUE - 8));
            if (bytes.length > room) {
                throw tooLarge("unpacks to more than %d bytes".formatted(4 * LARGEST));
            }
            return bytes;
        }
    }

    private static boolean isSignature(String name) {
        return name.matches("(?i)META-INF/(MANIFEST\\.MF|[^/]+\\.(SF|RSA|DSA|EC))");
    }

    private static String signer(JarEntry entry, Trust trust) {
        var signer = trust.signerAmong(entry.getCodeSigners());
        if (signer.isEmpty()) {
            throw Refused.forbidden("PLUGIN_UNSIGNED", "%s is %s.".formatted(entry.getName(), entry.getCodeSigners() == null ? "not signed" : "signed by nobody who is trusted"),
                    "Sign the jar with jarsigner, and list the SHA-256 of the certificate, as 'keytool -list -v' shows it, in the site's file of signers: plugin-signers in its folder, or site --plugin-signers.");
        }
        return signer;
    }

    private static List<String> lines(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).lines().map(line -> line.replaceFirst("#.*", "").strip()).filter(line -> !line.isEmpty()).toList();
    }

    private static Refused tooLarge(String what) {
        return new Refused(Refused.Kind.TOO_LARGE, "PLUGIN_TOO_LARGE", "The jar %s.".formatted(what), "At most 16 MiB packed, 64 MiB unpacked, 5000 entries: a plug-in brings its own classes only.");
    }
}
