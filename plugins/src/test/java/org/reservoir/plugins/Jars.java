package org.reservoir.plugins;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import jdk.security.jarsigner.JarSigner;

/** Makes jars of plug-ins as their authors do: compiled, packed, signed by a key of {@code keytool}. */
public final class Jars {
    private static final String PASSWORD = "of-a-test";

    private final Path directory;
    private final PrivateKey key;
    private final X509Certificate certificate;

    public Jars(Path directory) throws Exception {
        this.directory = directory;
        var store = directory.resolve("keys.p12");
        var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keystore", store.toString(), "-storepass", PASSWORD,
                "-alias", "author", "-keyalg", "EC", "-dname", "CN=author").redirectErrorStream(true).start();
        var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(said);
        }
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        key = (PrivateKey) keys.getKey("author", PASSWORD.toCharArray());
        certificate = (X509Certificate) keys.getCertificate("author");
    }

    public Trust trust() {
        return new Trust(Set.of(Trust.fingerprint(certificate)));
    }

    /** A signed jar of classes given as source, of which one implements the service. */
    public byte[] signed(Class<?> service, String implementation, String... sources) throws Exception {
        return sign(unsigned(service, implementation, sources));
    }

    byte[] unsigned(Class<?> service, String implementation, String... sources) throws IOException {
        return packed(service, implementation, compiled(List.of(sources)));
    }

    byte[] packed(Class<?> service, String implementation, Map<String, byte[]> classes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new ZipOutputStream(bytes)) {
            put(jar, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            put(jar, "META-INF/services/" + service.getName(), implementation.getBytes(StandardCharsets.UTF_8));
            for (var type : classes.entrySet()) {
                put(jar, type.getKey().replace('.', '/') + ".class", type.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    byte[] sign(byte[] jar) throws Exception {
        var file = Files.write(directory.resolve("unsigned.jar"), jar);
        var signed = new ByteArrayOutputStream();
        try (var zip = new ZipFile(file.toFile())) {
            var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
            new JarSigner.Builder(key, path).build().sign(zip, signed);
        }
        return signed.toByteArray();
    }

    /** Classes by name. */
    static Map<String, byte[]> compiled(List<String> sources) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var classes = new HashMap<String, ByteArrayOutputStream>();
        var messages = new StringWriter();
        var files = new ForwardingJavaFileManager<JavaFileManager>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + name.replace('.', '/') + ".class"), kind) {
                    @Override
                    public java.io.OutputStream openOutputStream() {
                        return classes.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        var units = sources.stream().map(source -> new SimpleJavaFileObject(URI.create("mem:///" + typeOf(source) + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignored) {
                return source;
            }
        }).toList();
        if (!compiler.getTask(messages, files, null, List.of("-proc:none"), null, units).call()) {
            throw new IllegalArgumentException(messages.toString());
        }
        var compiled = new HashMap<String, byte[]>();
        classes.forEach((name, bytes) -> compiled.put(name, bytes.toByteArray()));
        return compiled;
    }

    private static String typeOf(String source) {
        var found = java.util.regex.Pattern.compile("package ([\\w.]+);.*?(?:class|record|interface|enum) (\\w+)", java.util.regex.Pattern.DOTALL).matcher(source);
        if (!found.find()) {
            throw new IllegalArgumentException(source);
        }
        return found.group(1).replace('.', '/') + "/" + found.group(2);
    }

}
